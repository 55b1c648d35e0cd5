using System.Text;
using Appliance.Firewall.Language;
using Xunit;

namespace Appliance.Firewall.Tests.Language;

public sealed class PfErrorTests
{
    [Theory]
    [InlineData("pass in on", "1:11: syntax error: expected the name of an interface or group, found the end of the file")]
    [InlineData("pass on em0 in", "1:13: syntax error: expected an option of the rule or its end, found 'in'")]
    [InlineData("\n  pass from 10.0.0.256", "2:13: could not parse host specification: no IP address found for 10.0.0.256")]
    [InlineData("pass from $lan", "1:11: macro 'lan' not defined")]
    [InlineData("pass proto tcp to port ssh:ftp", "1:24: invalid port range: 22 is above 21")]
    [InlineData("pass proto tcp to port htpt", "1:24: unknown port htpt")]
    [InlineData("pass proto udp to port 53 flags S/SA\nblock return-rst", "2:1: return-rst can only be applied to TCP rules")]
    [InlineData("pass to port 53", "1:1: port only applies to tcp/udp/sctp")]
    [InlineData("pass inet6 proto icmp", "1:1: proto icmp doesn't match address family inet6")]
    [InlineData("pass icmp-type echoreq", "1:1: icmp-type/code only applies to icmp")]
    [InlineData("nat on em0 inet all -> 0/0", "1:24: every address cannot be translated to; expected an address or a network")]
    [InlineData("pass inet from ::1", "1:1: rule expands to no valid combination")]
    [InlineData("match keep state", "1:1: keep state is great, but only for pass rules")]
    [InlineData("pass flags S/FA", "1:16: flags always false")]
    [InlineData("pass label \"x", "1:12: the quoted text does not end before the file does")]
    [InlineData("pass\nset block-policy drop\nset limit states 5", "3:5: Rules must be in order")]
    [InlineData("table <t> { (em0) }", "1:13: dynamic addresses are not permitted inside tables")]
    [InlineData("nat on em0 from 10/8 to any", "1:28: translation rule requires '-> address', found the end of the file")]
    [InlineData("pass all nat-to 10.0.0.1", "1:1: nat-to and rdr-to require a direction")]
    [InlineData("anchor x {\npass\nblok\n}\npass foo", "3:1: syntax error: expected a statement")]
    [InlineData("anchor x {\npass", "2:5: syntax error: expected '}' for the anchor's '{' in line 1")]
    [InlineData("pass (frob)", "1:6: syntax error: expected an option of the rule or its end, found '('")]
    [InlineData("include \"gone\"", "1:9: cannot read gone: no such file")]
    public void An_error_says_where_and_what_is_expected(string text, string message)
    {
        PfParseResult result = PfLanguageTests.Parse(text);
        Assert.Null(result.Ruleset);
        Assert.StartsWith($"edge:{message}", result.Errors[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void All_errors_are_told_each_once()
    {
        PfParseResult result = PfLanguageTests.Parse(
            "blok in\npass frob\nanchor a {\n pass { }\n nope\n}\npass in\nblock out { x\n } y\npass bar\n");
        Assert.Equal([1, 2, 4, 5, 8, 10], result.Errors.Select(error => error.Position.Line));
    }

    [Fact]
    public void An_error_in_an_included_file_names_that_file()
    {
        TextFiles files = new TextFiles().With("a", "include \"b\"\npass frob\n").With("b", "pass\nblok\n");
        Assert.Equal(["b:2:1", "a:2:6"], PfRulesetParser.Parse("a", files).Errors.Select(error => error.Position.ToString()));
    }

    [Fact]
    public void A_file_that_includes_itself_ends()
    {
        PfParseResult result = PfRulesetParser.Parse("a", new TextFiles().With("a", "include \"a\"\n"));
        Assert.Contains("more than 16 deep", Assert.Single(result.Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Macros_that_double_themselves_end()
    {
        var text = new StringBuilder("x = \"aaaaaaaaaaaaaaaa\"\n");
        for (int i = 0; i < 64; i++) text.Append("x = $x $x\n");
        Assert.Contains("longer than 65536 characters", PfLanguageTests.Parse(text.ToString()).Errors[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Anchors_within_anchors_end()
    {
        string text = string.Concat(Enumerable.Repeat("anchor {\n", 10_000)) + string.Concat(Enumerable.Repeat("}\n", 10_000));
        Assert.Contains("more than 64 deep", PfLanguageTests.Parse(text).Errors[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lists_that_multiply_end()
    {
        string ports = $"{{ {string.Join(' ', Enumerable.Range(1, 400))} }}";
        PfParseResult result = PfLanguageTests.Parse($"pass proto tcp from any port {ports} to any port {ports}\n");
        Assert.Contains("expands to more than 100000 rules", Assert.Single(result.Errors).Message, StringComparison.Ordinal);
    }
}
