using System.Text.Json;
using Xunit;

namespace Appliance.Tests;

/// <summary>The built program, run as its users run it. What holds for every run is checked at every run.</summary>
internal static class ApplianceProgram
{
    /// <summary>
    /// What <c>APPLIANCE_PROGRAM</c> names, such as the published file, which starts in a third of the time; else the program's host
    /// beside the tests, since they reference its project.
    /// </summary>
    public static readonly string File = Environment.GetEnvironmentVariable("APPLIANCE_PROGRAM") is { Length: > 0 } given
        ? given
        : Beside;

    /// <summary>Of the very build that the tests refer to.</summary>
    public static string Beside => Path.Combine(AppContext.BaseDirectory, "appliance");

    public static ProcessRun Run(params IEnumerable<string> arguments) => RunIn("", arguments);

    /// <summary>Runs with a working folder.</summary>
    public static ProcessRun RunIn(string folder, params IEnumerable<string> arguments)
    {
        ProcessRun run = ProcessRunner.Run(File, arguments, folder);
        Assert.True(run.ExitCode is 0 or 1 or 2 or 3, run.ToString());
        Assert.True(IsPlain(run.Output) && IsPlain(run.Errors), $"control characters in a pipe: {run}");
        Assert.DoesNotContain(run.ErrorLines, line => line.StartsWith("   at ", StringComparison.Ordinal));
        Assert.DoesNotContain(run.ErrorLines, string.IsNullOrWhiteSpace);
        Assert.DoesNotContain("xception", run.Errors, StringComparison.Ordinal);
        return run;
    }

    /// <summary>Runs what must succeed without a word on standard error.</summary>
    public static ProcessRun Succeed(params IEnumerable<string> arguments)
    {
        ProcessRun run = Run(arguments);
        Assert.True(run.ExitCode == 0 && run.Errors.Length == 0, run.ToString());
        return run;
    }

    /// <summary>Runs what must end with <paramref name="exitCode"/> and one line on standard error, which is the answer.</summary>
    public static string Fail(int exitCode, params IEnumerable<string> arguments)
    {
        ProcessRun run = Run(arguments);
        Assert.True(run.ExitCode == exitCode && run.ErrorLines.Length == 1, run.ToString());
        return run.ErrorLines[0];
    }

    /// <summary>The one JSON document that is all of standard output.</summary>
    public static JsonElement Json(ProcessRun run)
    {
        Assert.True(run.Output.StartsWith('{') && run.Output.EndsWith("}\n", StringComparison.Ordinal), run.ToString());
        return JsonDocument.Parse(run.Output).RootElement;
    }

    private static bool IsPlain(string text) => text.All(character => character == '\n' || !char.IsControl(character));
}
