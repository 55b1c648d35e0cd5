using System.Diagnostics;
using System.Xml.Linq;

namespace Appliance.TestRunner;

/// <summary>Which suites a repository has.</summary>
public static class SuiteList
{
    private const string Python = "/usr/bin/python3";                 // the one that Debian's packages belong to, whatever PATH says

    /// <summary>Every project under tests/ that calls itself a test project, in order of name, then the oracle.</summary>
    public static IEnumerable<Suite> Of(string root)
    {
        foreach (string project in Directory.GetFiles(Path.Combine(root, "tests"), "*.csproj", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            if (!IsTestProject(File.ReadAllText(project))) continue;
            string name = Path.GetFileNameWithoutExtension(project);
            yield return new Suite(name, Path.Combine(root, "artifacts", "bin", name, "release", name), ["-noColor", "-xml", Suite.ResultFileArgument], null);
        }

        string oracle = Path.Combine(root, "tests", "oracle");
        if (Directory.Exists(oracle))
            yield return new Suite("oracle", Python, [Path.Combine(root, "tests", "tools", "oracle_tests.py"), oracle, Suite.ResultFileArgument], WhyNoOracle());
    }

    public static bool IsTestProject(string projectText) =>
        XDocument.Parse(projectText).Descendants("IsTestProject").Any(value => string.Equals(value.Value.Trim(), "true", StringComparison.OrdinalIgnoreCase));

    private static string? WhyNoOracle()
    {
        if (!File.Exists(Python)) return $"{Python} is missing";
        using Process probe = Process.Start(Python, ["-c", "import importlib.util, sys; sys.exit(importlib.util.find_spec('scapy') is None)"]);
        probe.WaitForExit();
        return probe.ExitCode == 0 ? null : "python3-scapy is not installed";
    }
}
