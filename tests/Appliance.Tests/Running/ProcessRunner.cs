using System.Diagnostics;
using System.Text;
using Xunit;

namespace Appliance.Tests;

/// <summary>Starts a program with a list of arguments, no shell between, its standard streams in pipes, and waits for its end.</summary>
internal static class ProcessRunner
{
    /// <summary>Far beyond what any of them needs: a process that hangs ends the test, not the run.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    public static ProcessRun Run(string program, IEnumerable<string> arguments, string? folder = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            StandardErrorEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            WorkingDirectory = folder ?? "",
        };
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string command = string.Join(' ', [Path.GetFileName(program), .. start.ArgumentList]);
        if (!process.WaitForExit(Limit))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"it did not end within {Limit.TotalMinutes} minutes: {command}");
        }

        return new ProcessRun(command, process.ExitCode, output.GetAwaiter().GetResult(), errors.GetAwaiter().GetResult());
    }
}
