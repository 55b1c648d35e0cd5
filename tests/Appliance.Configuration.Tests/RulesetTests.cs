using Appliance.Firewall;
using Appliance.Testing;
using Xunit;

namespace Appliance.Configuration.Tests;

/// <summary>The ruleset that a configuration names.</summary>
public sealed class RulesetTests : IDisposable
{
    private const string Text = Texts.TwoPorts + "firewall:\n  ruleset: rules/edge.conf\n";
    private const string Rules = "rules/edge.conf";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Its_errors_are_the_configurations_with_the_file_as_it_is_found_from_here() =>
        Assert.Equal(
            [
                $"{Path.Combine("etc", Rules)}:1:9: there is no port or group 'lann' (did you mean 'lan'?); "
                    + "expected a name under 'ports' of the configuration, or one of 'groups'",
                $"{Path.Combine("etc", Rules)}:2:1: this version does not do 'once' yet",
            ],
            Errors(new RulesetTexts().With(Rules, "pass on lann\npass once\n")));

    [Fact]
    public void Its_syntax_is_checked_too() =>
        Assert.StartsWith($"{Path.Combine("etc", Rules)}:2:6: syntax error: expected ",
            Assert.Single(Errors(new RulesetTexts().With(Rules, "pass\npass sideways\n"))), StringComparison.Ordinal);

    [Fact]
    public void A_file_that_it_includes_is_named_as_it_is_found_from_here()
    {
        RulesetTexts texts = new RulesetTexts().With(Rules, "include \"more/lan.conf\"").With("rules/more/lan.conf", "\npass once");
        Assert.Equal([$"{Path.Combine("etc", "rules/more/lan.conf")}:2:1: this version does not do 'once' yet"], Errors(texts));
    }

    [Fact]
    public void One_that_cannot_be_read_is_an_error_where_it_is_named()
    {
        Assert.Equal(
            ["etc/edge.yaml:5:12: ruleset: 'rules/edge.conf' cannot be read: there is no such file; expected a pf.conf"],
            Errors(new RulesetTexts()));
        Assert.Equal(
            "f:5:12: ruleset: 'rules/edge.conf' cannot be read: only a configuration that is a file has files beside it; "
                + "expected a pf.conf",
            Assert.Single(ConfigurationLoader.LoadText(Text, "f").Errors).ToString());
    }

    [Fact]
    public void It_is_not_asked_while_the_configuration_itself_is_wrong()
    {
        RulesetTexts texts = new RulesetTexts().With(Rules, "pass on lann");
        ConfigurationResult result = ConfigurationLoader.LoadText(Text + "vcpus: none\n", "f", texts);
        Assert.Equal("f", Assert.Single(result.Errors).File);
    }

    [Fact]
    public void Its_warnings_are_the_configurations()
    {
        RulesetTexts texts = new RulesetTexts().With(Rules, "block from <bad>");
        ConfigurationResult result = ConfigurationLoader.LoadText(Text, "etc/edge.yaml", texts);
        Assert.NotNull(result.Model);
        Assert.Equal($"{Path.Combine("etc", Rules)}:1:12: table <bad> is not defined: it is empty until entries are added to it",
            Assert.Single(result.Warnings).ToString());
    }

    [Fact]
    public void Rules_know_ports_groups_sub_ports_and_shared_addresses()
    {
        RuntimeModel model = Texts.Model(
            """
            ports:
              lan: {backend: pcap, addresses: [192.168.1.1/24], groups: [inside]}
              lan.20: {parent: lan, vlan: 20, addresses: [192.168.20.1/24], groups: [inside]}
            firewall: {ruleset: r}
            high-availability:
              carp: [{vhid: 1, port: lan, addresses: [192.168.1.9/24], password: one}]
            """,
            new RulesetTexts().With("r", "pass on inside to (lan)\npass on lan.20 to self\n"));
        RuleList rules = model.Firewall!.Rules.Filter;
        Assert.Equal(PortSet.Of(0, 1), rules[0].Interfaces);
        Assert.Equal("{ 192.168.1.1, 192.168.1.9 }", rules[0].Destination.ToString());
        Assert.Equal(["192.168.1.1", "192.168.1.9", "192.168.20.1", "::1", "127.0.0.1"],
            Enumerable.Range(1, 5).Select(i => rules[i].Destination.Ranges[0].First.ToString()));
        Assert.Equal("r:2#2", rules[2].Id);
    }

    [Fact]
    public void On_disk_all_names_are_relative_to_the_file_that_has_them()
    {
        Write("edge.yaml", Text);
        Write(Rules, "include \"more/lan.conf\"\npass out\n");
        Write("rules/more/lan.conf", "table <bad> file \"bad.txt\"\nblock from <bad>\n");
        Write("rules/more/bad.txt", "10.0.0.0/8\n");
        ConfigurationResult result = ConfigurationLoader.Load(Path.Combine(_folder.FullName, "edge.yaml"));
        Assert.Empty(result.Errors);
        ResolvedRuleset rules = result.Model!.Firewall!.Rules;
        Assert.Equal(["rules/more/lan.conf:2", "rules/edge.conf:2"], rules.Filter.Top.Select(rule => rule.Id));
        Assert.Equal("10.0.0.0/8", Assert.Single(rules.Tables[0].Contents.Entries()).ToString());
    }

    [Fact]
    public void On_disk_a_folder_is_no_ruleset_and_a_missing_one_is_named()
    {
        Write("edge.yaml", Text);
        string file = Path.Combine(_folder.FullName, "edge.yaml");
        string problem = $"{file}:5:12: ruleset: 'rules/edge.conf' cannot be read";
        Assert.Equal(
            $"{problem}: there is no such file; expected a pf.conf",
            Assert.Single(ConfigurationLoader.Load(file).Errors).ToString());
        Directory.CreateDirectory(Path.Combine(_folder.FullName, Rules));
        Assert.Equal(
            $"{problem}: it is a folder; expected a pf.conf",
            Assert.Single(ConfigurationLoader.Load(file).Errors).ToString());
    }

    [Theory]
    [InlineData("block from <t>\n", "block  from <t> # with a comment\n\n", "")]
    [InlineData("block from <t>\n", "block from <t> label x\n", "Change Firewall")]
    [InlineData("block from <t>\n", "\nblock from <t>\n", "Change Firewall")]
    [InlineData("10/8", "11/8", "Change Firewall")]
    public void Models_differ_by_what_their_rulesets_say(string old, string next, string action)
    {
        const string Before = "table <t> { 10/8 }\nblock from <t>\n";
        RuntimeModel first = Texts.Model(Text, new RulesetTexts().With(Rules, Before));
        RuntimeModel second = Texts.Model(Text, new RulesetTexts().With(Rules, Before.Replace(old, next, StringComparison.Ordinal)));
        Assert.Equal(action, string.Join(", ", ModelDifference.Between(first, second)));
        Assert.Equal(action.Length == 0, first.Firewall!.Equals(second.Firewall));
    }

    private static string[] Errors(RulesetTexts texts)
    {
        ConfigurationResult result = ConfigurationLoader.LoadText(Text, "etc/edge.yaml", texts);
        Assert.Null(result.Model);
        return [.. result.Errors.Select(error => error.ToString())];
    }

    private void Write(string name, string text)
    {
        string path = Path.Combine(_folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
