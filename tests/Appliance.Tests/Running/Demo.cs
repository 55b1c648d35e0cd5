namespace Appliance.Tests;

/// <summary>The shipped demo: the arguments that replay or trace it.</summary>
internal static class Demo
{
    public static IEnumerable<string> Replay(params string[] more) =>
        ["replay", "--config", RepositoryFiles.DemoConfiguration, "--in", $"lan={RepositoryFiles.DemoLan}", "--in",
            $"wan={RepositoryFiles.DemoWan}", .. more];

    public static IEnumerable<string> ReplayOf(string capture, params string[] more) =>
        ["replay", "--config", RepositoryFiles.DemoConfiguration, "--in", $"lan={capture}", .. more];

    public static IEnumerable<string> Trace(params string[] more) =>
        ["trace", "--config", RepositoryFiles.DemoConfiguration, "--in", "lan", .. more];
}
