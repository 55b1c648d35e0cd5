namespace Appliance.FirstBoot;

/// <summary>A file that a seed brings.</summary>
/// <param name="Name">Relative to the folder of the configuration; never leads out of it.</param>
/// <param name="Contents">As it will stand there.</param>
internal readonly record struct SeedFile(string Name, byte[] Contents);
