using Appliance.Tests;
using Xunit;

namespace Appliance.Interop;

/// <summary>Programs of others that these tests compare with. A test that needs one is skipped where it is missing, and says so.</summary>
internal static class Peer
{
    private const string Python = "/usr/bin/python3";                   // the one that Debian's packages belong to, whatever PATH says

    private static readonly Lazy<bool> HasScapy = new(() =>
        File.Exists(Python) && ProcessRunner.Run(Python, ["-c", "import scapy, yaml"]).ExitCode == 0);

    /// <summary>The whole path of a program on PATH or where administrators' programs live.</summary>
    public static string Require(string program)
    {
        string path = Environment.GetEnvironmentVariable("PATH") ?? "";
        string[] folders = [.. path.Split(':', StringSplitOptions.RemoveEmptyEntries), "/usr/sbin", "/sbin"];
        string? found = folders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
        Assert.SkipWhen(found is null, $"{program} is not installed");
        return found!;
    }

    /// <summary>Runs a script of tests/oracle.</summary>
    public static ProcessRun RunOracle(string script, params IEnumerable<string> arguments)
    {
        Assert.SkipUnless(HasScapy.Value, $"{Python} with scapy and yaml is not installed (python3-scapy, python3-yaml)");
        return ProcessRunner.Run(Python, [RepositoryFiles.PathTo("tests", "oracle", script), .. arguments]);
    }
}
