using System.Xml;
using System.Xml.Linq;

namespace Appliance.TestRunner;

/// <summary>The XML that an xunit.v3 executable writes with <c>-xml</c>; <c>tests/tools/oracle_tests.py</c> writes the same.</summary>
public static class ResultFile
{
    /// <summary>False, with the reason, when <paramref name="text"/> is not a whole result file.</summary>
    public static bool TryRead(string text, out IReadOnlyList<TestResult> results, out string why)
    {
        results = [];
        why = "";
        XElement root;
        try
        {
            root = XDocument.Parse(text).Root!;
        }
        catch (XmlException e)
        {
            why = e.Message;
            return false;
        }

        if (root.Name != "assemblies")
        {
            why = $"its root is <{root.Name}>, not <assemblies>";
            return false;
        }

        results = [.. root.Descendants("test").Select(ReadTest), .. root.Descendants("error").Select(ReadError)];
        return true;
    }

    private static TestResult ReadTest(XElement test)
    {
        string name = test.Attribute("name")?.Value ?? "a test without a name";
        return test.Attribute("result")?.Value switch
        {
            "Pass" => new TestResult(name, Outcome.Passed, ""),
            "Skip" => new TestResult(name, Outcome.Skipped, test.Element("reason")?.Value ?? "no reason given"),
            "NotRun" => new TestResult(name, Outcome.Skipped, "explicit: it runs only when it is asked for by name"),
            _ => new TestResult(name, Outcome.Failed, Failure(test)),
        };
    }

    /// <summary>An error outside any test: a fixture that could not be taken down, say.</summary>
    private static TestResult ReadError(XElement error) =>
        TestResult.FailureOf($"{error.Attribute("type")?.Value}: {error.Attribute("name")?.Value}", Failure(error));

    private static string Failure(XElement of)
    {
        XElement? failure = of.Element("failure");
        string?[] parts = [failure?.Element("message")?.Value, failure?.Element("stack-trace")?.Value, of.Element("output")?.Value];
        return string.Join('\n', parts.Where(part => !string.IsNullOrWhiteSpace(part)));
    }
}
