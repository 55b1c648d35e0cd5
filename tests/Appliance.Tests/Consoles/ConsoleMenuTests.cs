using Appliance.Consoles;
using Appliance.FirstBoot;
using Xunit;

namespace Appliance.Tests.Consoles;

/// <summary>The menu, typed at.</summary>
public sealed class ConsoleMenuTests
{
    [Fact]
    public void A_number_does_what_stands_beside_it_and_the_menu_comes_back()
    {
        var terminal = new TypedTerminal("2", "", "1", "");
        var done = new List<string>();
        Run(terminal, done);
        Assert.Equal(["second", "first"], done);
        Assert.Equal(3, terminal.Shown.Count(line => line.Contains("1)  One", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("4")]
    [InlineData("-1")]
    [InlineData("99999999999999999999")]
    [InlineData("x")]
    [InlineData("1 2")]
    public void What_is_no_number_of_the_menu_does_nothing(string typed)
    {
        var terminal = new TypedTerminal(typed);
        var done = new List<string>();
        Run(terminal, done);
        Assert.Empty(done);
        Assert.Contains(terminal.Shown, line => line.StartsWith($"There is no {typed}:", StringComparison.Ordinal));
    }

    [Fact]
    public void An_empty_line_shows_it_anew()
    {
        var terminal = new TypedTerminal("", "");
        Run(terminal, []);
        Assert.Equal(3, terminal.Shown.Count(line => line == "head"));
    }

    [Fact]
    public void The_shell_opens_for_nobody_without_the_password()
    {
        using var folder = new TemporaryFolder();
        string configuration = folder.Write("appliance.yaml", "name: a\n");
        FirstConfiguration.PasswordFor(configuration).Set("right");
        var terminal = new TypedTerminal("8", "wrong", "", "7", "wrong", "");
        new ApplianceConsole(terminal, configuration, folder["no.sock"], _ => 3).Run();
        Assert.Equal(2, terminal.Shown.Count(line => line == "That is not it."));
        Assert.True(FirstConfiguration.PasswordFor(configuration).Fits("right"));
    }

    /// <summary>The serial line is kept as a log by many hypervisors, and a screen is drawn again and again.</summary>
    [Fact]
    public void The_token_of_an_appliance_without_a_configuration_is_shown_to_who_knows_the_password()
    {
        using var folder = new TemporaryFolder();
        string configuration = folder.Write("appliance.yaml", FirstConfiguration.Mark + "\n");
        folder.Write("unconfigured.token", "0123456789abcdef\n");
        var terminal = new TypedTerminal("11", "first", "first", "", "11", "wrong", "", "11", "first", "");
        var menu = new ApplianceConsole(terminal, configuration, folder["no.sock"], _ => 3);
        menu.Run();
        Assert.Contains(terminal.Shown, line => line.Contains("11)  Token of https", StringComparison.Ordinal));
        Assert.Equal(2, terminal.Shown.Count(line => line.Contains("0123456789abcdef", StringComparison.Ordinal)));
        Assert.Contains("That is not it.", terminal.Shown);
        Assert.True(FirstConfiguration.PasswordFor(configuration).Fits("first"));
    }

    [Theory]
    [InlineData("*")]
    [InlineData("!")]
    public void What_a_seed_has_locked_opens_for_no_password(string locked)
    {
        using var folder = new TemporaryFolder();
        string configuration = folder["appliance/appliance.yaml"];
        string userData = $"#cloud-config\npassword: '{locked}'\nwrite_files: [{{path: {configuration}, content: '{Ports}'}}]\n";
        Assert.True(new FirstConfiguration(configuration, _ => { }).Take(
            new SeedVolume("NoCloud", "one", System.Text.Encoding.UTF8.GetBytes(userData))));
        Assert.True(FirstConfiguration.PasswordFor(configuration).IsSet);
        Assert.False(FirstConfiguration.PasswordFor(configuration).Fits(locked));
        Assert.False(FirstConfiguration.PasswordFor(configuration).Fits(""));
        var terminal = new TypedTerminal("8", "", "7", "");
        new ApplianceConsole(terminal, configuration, folder["no.sock"], _ => 3).Run();
        Assert.Equal(2, terminal.Shown.Count(line => line == "It is locked: no password opens it."));
    }

    private const string Ports = "ports: {lan: {backend: af-packet, device: eth0, addresses: [10.1.0.1/24]}}";

    private static void Run(ITerminal terminal, List<string> done) => new ConsoleMenu(terminal, () => terminal.Line("head"),
    [
        new("One", () => done.Add("first")), new("Two", () => done.Add("second")), new("Three", () => done.Add("third")),
    ]).Run();
}
