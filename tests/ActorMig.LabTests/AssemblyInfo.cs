// There is one lab on a machine at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: AssemblyFixture(typeof(ActorMig.LabTests.LabFixture))]
