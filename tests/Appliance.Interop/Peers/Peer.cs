using Appliance.Tests;
using Xunit;

namespace Appliance.Interop;

/// <summary>
/// Programs of others that these tests compare with. A test that needs one is skipped, with the reason, where it is missing.
/// </summary>
internal static class Peer
{
    public const string Python = "/usr/bin/python3";                   // the one that Debian's packages belong to, whatever PATH says

    private static readonly Lazy<bool> HasScapy = new(() =>
        File.Exists(Python) && ProcessRunner.Run(Python, ["-c", "import scapy, yaml"]).ExitCode == 0);

    /// <summary>The whole path of a program on PATH or where administrators' programs live.</summary>
    public static string Require(string program)
    {
        string[] folders = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), "/usr/sbin", "/sbin"];
        string? path = folders.Where(folder => folder.Length > 0).Select(folder => Path.Combine(folder,
            program)).FirstOrDefault(File.Exists);
        Assert.SkipWhen(path is null, $"{program} is not installed");
        return path!;
    }

    /// <summary>Runs a script of tests/oracle.</summary>
    public static ProcessRun RunOracle(string script, params IEnumerable<string> arguments)
    {
        Assert.SkipUnless(HasScapy.Value, $"{Python} with scapy and yaml is not installed (python3-scapy, python3-yaml)");
        return ProcessRunner.Run(Python, [RepositoryFiles.PathTo("tests", "oracle", script), .. arguments]);
    }
}
