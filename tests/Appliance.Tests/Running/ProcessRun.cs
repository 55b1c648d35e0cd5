namespace Appliance.Tests;

/// <summary>How a process ended and what it said.</summary>
internal sealed record ProcessRun(string Command, int ExitCode, string Output, string Errors)
{
    /// <summary>The lines of standard error, without their ends.</summary>
    public string[] ErrorLines => Lines(Errors);

    public string[] OutputLines => Lines(Output);

    public override string ToString() => $"{Command}\nexit code {ExitCode}\n-- standard output\n{Output}\n-- standard error\n{Errors}";

    private static string[] Lines(string text) => text.Length == 0 ? [] : text.TrimEnd('\n').Split('\n');
}
