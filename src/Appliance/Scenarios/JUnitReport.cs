using System.Globalization;
using System.Text;
using System.Xml;

namespace Appliance.Scenarios;

/// <summary>
/// The results as JUnit XML, which build servers read: a testsuite for each folder that was named, a testcase for each scenario. What
/// was expected and did not come out is a failure; a scenario that could not be played as it stands is an error.
/// </summary>
internal static class JUnitReport
{
    private static readonly XmlWriterSettings Settings = new()
    {
        Indent = true,
        Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        NewLineChars = "\n",
    };

    /// <param name="suites">The folders as they were named, and the results of each.</param>
    public static byte[] Render(IReadOnlyList<(string Folder, IReadOnlyList<ScenarioResult> Results)> suites)
    {
        using var buffer = new MemoryStream();
        using (var xml = XmlWriter.Create(buffer, Settings))
        {
            xml.WriteStartElement("testsuites");
            WriteSums(xml, [.. suites.SelectMany(suite => suite.Results)]);
            foreach ((string folder, IReadOnlyList<ScenarioResult> results) in suites)
                WriteSuite(xml, folder, results);
            xml.WriteEndElement();
        }

        return [.. buffer.ToArray(), (byte)'\n'];
    }

    private static void WriteSuite(XmlWriter xml, string folder, IReadOnlyList<ScenarioResult> results)
    {
        xml.WriteStartElement("testsuite");
        xml.WriteAttributeString("name", Writable(folder));
        WriteSums(xml, results);
        foreach (ScenarioResult result in results)
            WriteCase(xml, folder, result);
        xml.WriteEndElement();
    }

    private static void WriteSums(XmlWriter xml, IReadOnlyList<ScenarioResult> results)
    {
        WriteNumber(xml, "tests", results.Count);
        WriteNumber(xml, "failures", results.Count(result => result.Outcome == ScenarioOutcome.Failed));
        WriteNumber(xml, "errors", results.Count(IsError));
        WriteNumber(xml, "skipped", 0);
        WriteSeconds(xml, results.Sum(result => result.Seconds));
    }

    private static void WriteCase(XmlWriter xml, string folder, ScenarioResult result)
    {
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("classname", Writable(folder));
        xml.WriteAttributeString("name", Writable(result.Scenario.Name));
        WriteSeconds(xml, result.Seconds);
        if (result.Outcome != ScenarioOutcome.Passed)
        {
            xml.WriteStartElement(IsError(result) ? "error" : "failure");
            string more = result.Lines.Length > 1 ? $" (and {result.Lines.Length - 1} more)" : "";
            xml.WriteAttributeString("message", Writable(result.Lines[0] + more));
            xml.WriteString(Writable(string.Join('\n', result.Lines)));
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static bool IsError(ScenarioResult result) => result.Outcome is ScenarioOutcome.Broken or ScenarioOutcome.Refused;

    private static void WriteNumber(XmlWriter xml, string name, int number) =>
        xml.WriteAttributeString(name, number.ToString(CultureInfo.InvariantCulture));

    private static void WriteSeconds(XmlWriter xml, double seconds) =>
        xml.WriteAttributeString("time", seconds.ToString("F3", CultureInfo.InvariantCulture));

    /// <summary>The text with what no XML may hold (XML 1.0 §2.2) written as its code.</summary>
    private static string Writable(string text)
    {
        var writable = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (i + 1 < text.Length && XmlConvert.IsXmlSurrogatePair(text[i + 1], text[i]))
                writable.Append(text, i++, 2);
            else if (XmlConvert.IsXmlChar(text[i])) writable.Append(text[i]);
            else writable.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[i]:x4}");
        }

        return writable.ToString();
    }
}
