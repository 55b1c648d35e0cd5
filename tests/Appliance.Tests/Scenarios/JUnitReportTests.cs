using System.Text;
using System.Xml.Linq;
using Appliance.Scenarios;
using Xunit;

namespace Appliance.Tests;

/// <summary>The XML is well-formed whatever the texts in it.</summary>
public sealed class JUnitReportTests
{
    [Theory]
    [InlineData("<a attr=\"'&amp;]]>", "<a attr=\"'&amp;]]>")]
    [InlineData("zero \0 bell \a escape \u001b[31m", "zero \\u0000 bell \\u0007 escape \\u001b[31m")]
    [InlineData("whole \ud83d\udc1d and \u00e9", "whole \ud83d\udc1d and \u00e9")]
    [InlineData("no character \uffff", "no character \\uffff")]
    public void Any_text_can_be_read_again(string text, string read)
    {
        XElement suite = Render((text, [Result(ScenarioOutcome.Failed, text, text)])).Element("testsuite")!;
        XElement test = suite.Element("testcase")!;
        XElement failure = test.Element("failure")!;
        Assert.Equal([read, read, read], [suite.Attribute("name")!.Value, test.Attribute("name")!.Value, failure.Value]);
        Assert.Equal(read, failure.Attribute("message")!.Value);
    }

    /// <summary>As a fact: the text of an attribute is UTF-8, which has no halves of pairs.</summary>
    [Fact]
    public void Halves_of_pairs_can_be_read_again()
    {
        Any_text_can_be_read_again("half \ud83d pair", "half \\ud83d pair");
        Any_text_can_be_read_again("other half \udc1d", "other half \\udc1d");
    }

    [Fact]
    public void Random_text_can_be_read_again()
    {
        var random = new Random(1);
        for (int i = 0; i < 500; i++)
        {
            string text = string.Concat(Enumerable.Range(0, 40).Select(_ => (char)random.Next(random.Next(2) == 0 ? 0x80 : 0x10000)));
            XElement error = Assert.Single(Render((text, [Result(ScenarioOutcome.Refused, text, text, text)])).Descendants("error"));
            Assert.InRange(error.Value.Length, (2 * text.Length) + 1, (12 * text.Length) + 1);      // none is lost; some become six
        }
    }

    [Fact]
    public void Each_outcome_is_counted_as_what_it_is()
    {
        XElement root = Render(
            ("a", [Result(ScenarioOutcome.Passed, "1"), Result(ScenarioOutcome.Failed, "2", "x", "y")]),
            ("b", [Result(ScenarioOutcome.Broken, "3", "z"), Result(ScenarioOutcome.Refused, "4", "z")]));
        Assert.Equal(
            ["4 1 2 0 2.000", "2 1 0 0 1.000", "2 0 2 0 1.000"],
            root.DescendantsAndSelf().Where(element => element.Attribute("tests") is not null).Select(Sums));
        XElement failure = root.Descendants("failure").Single();
        Assert.Equal(("x (and 1 more)", "x\ny"), (failure.Attribute("message")!.Value, failure.Value));
    }

    private static string Sums(XElement element) =>
        string.Join(' ', element.Attributes().Where(attribute => attribute.Name != "name").Select(sum => sum.Value));

    private static ScenarioResult Result(ScenarioOutcome outcome, string name, params string[] lines) =>
        new(new ScenarioFolder(name, name), outcome, [.. lines], 0.5);

    private static XElement Render(params (string Folder, IReadOnlyList<ScenarioResult> Results)[] suites) =>
        XDocument.Parse(Encoding.UTF8.GetString(JUnitReport.Render(suites))).Root!;
}
