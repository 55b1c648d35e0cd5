using Appliance.Consoles;
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
        Appliance.FirstBoot.FirstConfiguration.PasswordFor(configuration).Set("right");
        var terminal = new TypedTerminal("8", "wrong", "", "7", "wrong", "");
        new ApplianceConsole(terminal, configuration, folder["no.sock"], _ => 3).Run();
        Assert.Equal(2, terminal.Shown.Count(line => line == "That is not it."));
        Assert.True(Appliance.FirstBoot.FirstConfiguration.PasswordFor(configuration).Fits("right"));
    }

    private static void Run(ITerminal terminal, List<string> done) => new ConsoleMenu(terminal, () => terminal.Line("head"),
    [
        new("One", () => done.Add("first")), new("Two", () => done.Add("second")), new("Three", () => done.Add("third")),
    ]).Run();
}
