using System.ComponentModel;
using System.Diagnostics;

namespace Appliance.TestRunner;

/// <summary>Runs one suite in a process of its own, its output going to a log file.</summary>
public static class SuiteProcess
{
    private static readonly TimeSpan LastLines = TimeSpan.FromSeconds(5);

    /// <summary>Ends no later than <paramref name="limit"/> after the start: the process and its children are killed then.</summary>
    /// <param name="suite">Its tests.</param>
    /// <param name="directory">Where its results and its log go.</param>
    /// <param name="limit">Of the time that it may take.</param>
    /// <param name="yields">Others who want a processor have it first.</param>
    public static SuiteRun Run(Suite suite, string directory, TimeSpan limit, bool yields = false)
    {
        string results = Path.Combine(directory, suite.Name + ".xml");
        File.Delete(results);                                         // an older run's results must not be taken for this one's
        long start = Stopwatch.GetTimestamp();
        var log = new ProcessLog();
        int? exitCode = null;
        try
        {
            exitCode = Run(suite, results, log, limit, yields);
        }
        catch (Win32Exception e)
        {
            log.Add($"{suite.Program}: {e.Message}");
        }

        string lines = log.ToString();
        File.WriteAllText(Path.Combine(directory, suite.Name + ".log"), lines);
        return new SuiteRun(exitCode, File.Exists(results) ? File.ReadAllText(results) : null, lines, Stopwatch.GetElapsedTime(start));
    }

    private static int? Run(Suite suite, string results, ProcessLog log, TimeSpan limit, bool yields)
    {
        var start = new ProcessStartInfo(suite.Program)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in suite.Arguments)
            start.ArgumentList.Add(argument == Suite.ResultFileArgument ? results : argument);

        using var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => log.Add(line.Data);
        process.ErrorDataReceived += (_, line) => log.Add(line.Data);
        process.Start();
        if (yields) process.PriorityClass = ProcessPriorityClass.BelowNormal;
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (!process.WaitForExit(limit))
        {
            log.Add($"Stopped after {limit.TotalSeconds:0} seconds.");
            process.Kill(entireProcessTree: true);
            return null;
        }

        if (!process.WaitForExitAsync().Wait(LastLines)) log.Add("A child that it left behind still holds its output open.");
        return process.ExitCode;
    }
}
