namespace ActorMig.LabTests;

/// <summary>The tests of a cluster of three hosts: they share its lab, for making one takes half a minute.</summary>
[CollectionDefinition(Name)]
public sealed class ClusterCollection : ICollectionFixture<ClusterFixture>
{
    public const string Name = "cluster";
}
