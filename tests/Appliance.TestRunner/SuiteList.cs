using System.Diagnostics;
using System.Xml.Linq;

namespace Appliance.TestRunner;

/// <summary>Which suites a repository has.</summary>
public static class SuiteList
{
    private const string Python = "/usr/bin/python3";                 // the one that Debian's packages belong to, whatever PATH says

    /// <summary>Every project of the solution under tests/ that calls itself a test project, in order of name, then the oracle.</summary>
    public static IEnumerable<Suite> Of(string root)
    {
        string tests = Path.Combine(root, "tests"), solution = File.ReadAllText(Path.Combine(root, "Appliance.sln"));
        foreach (string project in Directory.GetFiles(tests, "*.csproj", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileNameWithoutExtension(project);
            bool isBuilt = solution.Contains(Path.GetFileName(project), StringComparison.Ordinal);
            if (!isBuilt || !IsTestProject(File.ReadAllText(project))) continue;
            string program = Path.Combine(root, "artifacts", "bin", name, "release", name);
            yield return new Suite(name, program, ["-noColor", "-xml", Suite.ResultFileArgument], SkipReason: null);
        }

        string oracle = Path.Combine(tests, "oracle");
        string script = Path.Combine(tests, "tools", "oracle_tests.py");
        if (Directory.Exists(oracle))
            yield return new Suite("oracle", Python, [script, oracle, Suite.ResultFileArgument], WhyNoOracle());
    }

    public static bool IsTestProject(string projectText) => XDocument.Parse(projectText).Descendants("IsTestProject")
        .Any(value => value.Value.Trim().Equals("true", StringComparison.OrdinalIgnoreCase));

    private static string? WhyNoOracle()
    {
        if (!File.Exists(Python)) return $"{Python} is missing";
        const string HasScapy = "import importlib.util, sys; sys.exit(importlib.util.find_spec('scapy') is None)";
        using Process probe = Process.Start(Python, ["-c", HasScapy]);
        probe.WaitForExit();
        return probe.ExitCode == 0 ? null : "python3-scapy is not installed";
    }
}
