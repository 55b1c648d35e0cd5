using System.Text.Json;

namespace Appliance.Tests;

/// <summary>A command line that must be refused, a row of HostileCommandLines.json.</summary>
/// <param name="Exit">The exit code.</param>
/// <param name="Says">Part of the one line on standard error.</param>
/// <param name="Arguments">With names in braces for what <see cref="HostileFiles"/> has.</param>
internal sealed record HostileCommandLine(int Exit, string Says, string[] Arguments)
{
    private static readonly JsonSerializerOptions Names = new() { PropertyNameCaseInsensitive = true };

    public static HostileCommandLine[] ReadAll() => JsonSerializer.Deserialize<HostileCommandLine[]>(
        File.ReadAllText(RepositoryFiles.PathTo("tests", "Appliance.Tests", "HostileCommandLines.json")), Names)!;
}
