namespace ActorMig.Simulation.Imports;

/// <summary>What is imported.</summary>
public enum ImportFormat
{
    /// <summary>A cluster of Ganeti's as hbal, hspace and hscan read and write it: one text file (htools(1), <c>--text-data</c>).</summary>
    Hbal,

    /// <summary>Traces of PlanetLab as CloudSim has them: a folder with a file for each VM, and in it a line for each five minutes with the CPU in percent.</summary>
    Planetlab,

    /// <summary>Traces of Bitbrains (GWA-T-12, fastStorage and rnd): a folder with a CSV file for each VM.</summary>
    Bitbrains,
}
