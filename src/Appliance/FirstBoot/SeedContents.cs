using System.Collections.Immutable;

namespace Appliance.FirstBoot;

/// <summary>What a seed's user data says.</summary>
/// <param name="Files">What is to stand beside the configuration, that one among them.</param>
/// <param name="Password">Of the console's shell; null: it says none.</param>
/// <param name="Notes">What it says and nobody does here, a line each.</param>
/// <param name="Faults">Why nothing of it is taken, a line each; empty: it is right.</param>
internal sealed record SeedContents(
    ImmutableArray<SeedFile> Files, string? Password, ImmutableArray<string> Notes, ImmutableArray<string> Faults);
