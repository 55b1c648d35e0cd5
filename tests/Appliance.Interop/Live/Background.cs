using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Appliance.Tests;
using Xunit;

namespace Appliance.Interop.Live;

/// <summary>A program that runs beside the test, and what it has said so far. It is killed, if it has to be, when the test is
/// over.</summary>
internal sealed class Background : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly Process _process;
    private readonly string _command;
    private readonly ConcurrentQueue<string> _output = [];
    private readonly ConcurrentQueue<string> _errors = [];

    /// <param name="program">The whole path.</param>
    /// <param name="arguments">Of the program.</param>
    /// <param name="environment">What a service manager says; null: nothing.</param>
    public Background(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        _command = string.Join(' ', start.ArgumentList);
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Keep(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(_errors, line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public bool HasEnded => _process.HasExited;

    public IReadOnlyCollection<string> Output => _output;

    public IReadOnlyCollection<string> Errors => _errors;

    /// <summary>kill(1): HUP, TERM, KILL.</summary>
    public void Signal(string name) =>
        ProcessRunner.Run(Peer.Require("kill"), ["-s", name, Id.ToString(CultureInfo.InvariantCulture)]);

    /// <summary>A line of input.</summary>
    public void Tell(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    /// <summary>Waits for a line that must come, in either stream, however long the machine takes.</summary>
    public void AwaitLine(string part) => Until(
        () => _output.Concat(_errors).Any(line => line.Contains(part, StringComparison.OrdinalIgnoreCase)), $"'{part}' is not said");

    /// <summary>Waits until so many lines on standard error begin with something.</summary>
    public void AwaitLines(int count, string beginning) => Until(
        () => _errors.Count(line => line.StartsWith(beginning, StringComparison.Ordinal)) >= count,
        $"'{beginning}' is not said {count} times");

    /// <summary>Waits for what must come to pass while it runs, however long the machine takes.</summary>
    public void Until(Func<bool> condition, string otherwise)
    {
        for (var waited = Stopwatch.StartNew(); !condition(); Thread.Sleep(5))
        {
            if (waited.Elapsed > Limit || (HasEnded && !condition())) Assert.Fail($"{otherwise}: {this}");
        }
    }

    /// <summary>Waits for its end.</summary>
    public ProcessRun AwaitEnd()
    {
        if (!_process.WaitForExit(Limit)) Assert.Fail($"it does not end: {this}");
        _process.WaitForExit();                                         // and for what it has said
        return new ProcessRun(_command, _process.ExitCode, string.Join('\n', _output), string.Join('\n', _errors));
    }

    public override string ToString() =>
        $"{_command}\n-- standard output\n{string.Join('\n', _output)}\n-- standard error\n{string.Join('\n', _errors)}";

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    private static void Keep(ConcurrentQueue<string> lines, string? line)
    {
        if (line is not null) lines.Enqueue(line);
    }
}
