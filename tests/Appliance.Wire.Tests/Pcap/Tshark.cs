using System.Diagnostics;
using Xunit;

namespace Appliance.Wire.Tests.Pcap;

/// <summary>Wireshark's reader as the independent one, where it is installed.</summary>
internal static class Tshark
{
    /// <summary>One line a packet, the fields separated by '|'; skips the test where there is no tshark.</summary>
    public static string[][] Read(string file, params string[] fields)
    {
        List<string> arguments = ["-n", "-r", file, "-T", "fields", "-E", "separator=|"];
        foreach (string field in fields) arguments.AddRange(["-e", field]);
        return [.. Run("tshark", arguments).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('|'))];
    }

    public static string Run(string program, IEnumerable<string> arguments)
    {
        string path = Environment.GetEnvironmentVariable("PATH") ?? "";
        bool isInstalled = path.Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));
        Assert.SkipUnless(isInstalled, $"{program} is not installed");
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} answered {process.ExitCode}: {errors.Result}");
        return output;
    }
}
