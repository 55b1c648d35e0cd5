using System.Text;
using Xunit;

namespace Appliance.Configuration.Tests;

public class LoaderTests
{
    private const string Small = "ports: {p: {backend: pcap}}\n";

    [Fact]
    public void A_missing_file_is_an_error_without_position() =>
        Assert.Equal("/nowhere/edge.yaml: cannot be read: there is no such file",
            Assert.Single(ConfigurationLoader.Load("/nowhere/edge.yaml").Errors).ToString());

    [Fact]
    public void A_folder_is_no_configuration()
    {
        string folder = RepositoryFiles.Configs;
        Assert.Equal($"{folder}: cannot be read: it is a folder; expected a file",
            Assert.Single(ConfigurationLoader.Load(folder).Errors).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    public void A_path_that_is_none_is_an_error(string path) => Assert.Single(ConfigurationLoader.Load(path).Errors);

    [Fact]
    public void A_mebibyte_is_read_and_a_byte_more_is_not()
    {
        byte[] full = new byte[ConfigurationLoader.MaximumFileBytes];
        full.AsSpan().Fill((byte)'#');
        Encoding.UTF8.GetBytes(Small).CopyTo(full, 0);
        Assert.NotNull(ConfigurationLoader.LoadBytes(full, "f").Model);
        Assert.Equal("f: the file is over 1048576 bytes, the most that is read",
            Assert.Single(ConfigurationLoader.LoadBytes([.. full, (byte)'#'], "f").Errors).ToString());
        Assert.NotNull(ConfigurationLoader.LoadText(Encoding.UTF8.GetString(full), "f").Model);
        Assert.Single(ConfigurationLoader.LoadText(Encoding.UTF8.GetString(full) + "#", "f").Errors);
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("\r")]
    [InlineData("\n")]
    public void Every_line_break_of_yaml_counts_lines_alike(string lineBreak)
    {
        string text = Texts.TwoPorts.Replace("\n", lineBreak, StringComparison.Ordinal) + "speed: 9" + lineBreak;
        Assert.StartsWith("4:1: unknown key 'speed'", Assert.Single(Texts.Errors(text)), StringComparison.Ordinal);
        Assert.StartsWith("5:1: the control character", Assert.Single(Texts.Errors(text + "\0")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_utf8_mark_at_the_start_is_no_column()
    {
        byte[] bytes = [0xef, 0xbb, 0xbf, .. "Ports: {p: {backend: pcap}}"u8];
        Assert.Equal("f:1:1: unknown key 'Ports' in a configuration; did you mean 'ports'?",
            Assert.Single(ConfigurationLoader.LoadBytes(bytes, "f").Errors).ToString());
    }

    [Fact]
    public void Text_outside_the_basic_plane_is_text_in_comments_and_an_error_in_names()
    {
        Assert.Empty(Texts.Errors(Small + "# 🚀 ü"));
        Assert.StartsWith("1:10: ", Assert.Single(Texts.Errors("ports: { 🚀: {backend: pcap}}")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_thousand_errors_are_shown_and_the_rest_counted()
    {
        string text = Small + string.Concat(Enumerable.Range(0, 1500).Select(number => $"unknown{number}: 1\n"));
        ConfigurationResult result = ConfigurationLoader.LoadText(text, "f");
        Assert.Equal(1001, result.Errors.Length);
        Assert.Equal("f: 500 more errors are not shown", result.Errors[^1].ToString());
    }

    [Fact]
    public void Lists_end_at_their_limit()
    {
        string addresses = string.Join(", ", Enumerable.Range(0, 1025).Select(number => $"10.{number / 250}.{number % 250}.1/24"));
        string[] errors = Texts.Errors($"ports: {{p: {{backend: pcap, addresses: [{addresses}]}}}}");
        Assert.EndsWith("addresses: more than 1024 items, the most there may be", Assert.Single(errors), StringComparison.Ordinal);
        string ports = string.Concat(Enumerable.Range(0, 256).Select(number => $"  p{number}: {{backend: pcap}}\n"));
        Assert.Equal("257:3: ports: more than 255 ports without a parent, the most there may be",
            Assert.Single(Texts.Errors("ports:\n" + ports)));
    }

    [Fact]
    public void Every_vlan_of_a_trunk_loads()
    {
        string text = "ports:\n  t: {backend: pcap}\n"
            + string.Concat(Enumerable.Range(1, 4094).Select(
                vlan => $"  v{vlan}: {{parent: t, vlan: {vlan}, addresses: [10.{vlan / 256}.{vlan % 256}.1/24]}}\n"));
        Assert.Equal(4095, Texts.Model(text).Ports.Length);
    }

    [Fact]
    public void A_long_chain_of_parents_ends_in_errors_and_not_in_the_stack()
    {
        string text = "ports:\n  p0: {backend: pcap}\n"
            + string.Concat(Enumerable.Range(1, 8000).Select(
                number => $"  p{number}: {{parent: p{number + (number == 8000 ? -8000 : 1)}, vlan: 1}}\n"));
        Assert.Contains("already carries 4 VLAN tags", Assert.Single(Texts.Errors(text)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[ ")]
    [InlineData("[")]
    [InlineData("{ ")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    [InlineData("? ")]
    [InlineData("& ")]
    [InlineData("\" ")]
    [InlineData("\"\n")]
    [InlineData("a\n")]
    [InlineData("a:\n ")]
    [InlineData("a: ")]
    [InlineData("x")]
    [InlineData("# \n")]
    [InlineData("%A b\n")]
    [InlineData("---\n")]
    [InlineData("...\n")]
    [InlineData("!a ")]
    [InlineData("| ")]
    [InlineData("'")]
    [InlineData("\\")]
    public void A_mebibyte_of_the_same_is_an_error(string repeated)
    {
        string text = string.Concat(Enumerable.Repeat(repeated, ConfigurationLoader.MaximumFileBytes / repeated.Length));
        Assert.NotEmpty(Texts.Errors(text));
        Assert.NotEmpty(Texts.Errors("ports: " + text[8..]));
    }
}
