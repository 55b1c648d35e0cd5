using System.Text;
using Appliance.Configuration;
using Appliance.FirstBoot;
using Appliance.Ports.Linux;
using Appliance.Wire.Ethernet;
using Xunit;

namespace Appliance.Tests.FirstBoot;

/// <summary>The configuration that a machine begins with, from a seed or from nowhere.</summary>
public sealed class FirstConfigurationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _said = [];

    private string Main => _folder["appliance/appliance.yaml"];

    [Fact]
    public void A_seed_is_taken_once_for_an_instance()
    {
        Assert.True(Take("one", "name: first\n" + Ports));
        Assert.Contains("first", File.ReadAllText(Main), StringComparison.Ordinal);
        File.WriteAllText(Main, "name: mine\n" + Ports);                // what an operator has done since
        Assert.True(Take("one", "name: second\n" + Ports));
        Assert.Contains("mine", File.ReadAllText(Main), StringComparison.Ordinal);
        Assert.True(Take("two", "name: second\n" + Ports));
        Assert.Contains("second", File.ReadAllText(Main), StringComparison.Ordinal);
    }

    [Fact]
    public void A_seed_that_is_wrong_changes_nothing_and_says_where()
    {
        Assert.True(Take("one", "name: first\n" + Ports));
        Assert.False(Take("two", "name: second\nportz: {}\n"));
        Assert.Contains("first", File.ReadAllText(Main), StringComparison.Ordinal);
        Assert.Contains(_said, line => line.StartsWith($"seed: {Main}:2:1:", StringComparison.Ordinal));
        Assert.True(Take("two", "name: second\n" + Ports));             // put right, the same instance is taken
        Assert.Contains("second", File.ReadAllText(Main), StringComparison.Ordinal);
    }

    /// <summary>Named by its whole path, a file of the seed is the seed's, also where an older one stands there still.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData("block all\n")]
    public void A_seeds_ruleset_is_validated_by_whichever_name_it_has(string? before)
    {
        Directory.CreateDirectory(_folder["appliance"]);
        if (before is not null) _folder.Write("appliance/edge.pf.conf", before);
        string main = Ports + $"firewall: {{ruleset: {_folder["appliance/edge.pf.conf"]}}}\n";
        Assert.True(TakeFiles("one", ("appliance.yaml", main), ("edge.pf.conf", "pass all\n")));
        Assert.Equal("pass all\n", File.ReadAllText(_folder["appliance/edge.pf.conf"]));
        Assert.False(TakeFiles("two", ("appliance.yaml", main), ("edge.pf.conf", "pass on none\n")));
        Assert.Contains(_said, line => line.StartsWith($"seed: {_folder["appliance/edge.pf.conf"]}:1:9:", StringComparison.Ordinal));
        Assert.Equal("pass all\n", File.ReadAllText(_folder["appliance/edge.pf.conf"]));
    }

    /// <summary>The folder is a link on the image; what a ruleset includes is the seed's too, and what else stands there remains.</summary>
    [Fact]
    public void A_seed_is_validated_with_the_files_that_will_stand_there()
    {
        Directory.CreateDirectory(_folder["state"]);
        Directory.CreateSymbolicLink(_folder["appliance"], _folder["state"]);
        _folder.Write("state/rules.conf", "block all\n");
        _folder.Write("state/stays.conf", "table <a> {192.0.2.1}\n");
        string main = Ports + $"firewall: {{ruleset: {_folder["state/rules.conf"]}}}\n";
        string rules = $"include \"{_folder["appliance/more/in.conf"]}\"\ninclude \"stays.conf\"\npass from <a>\n";
        Assert.False(TakeFiles("one", ("appliance.yaml", main), ("rules.conf", rules), ("more/in.conf", "pass on none\n")));
        Assert.Contains(_said, line => line.Contains("more/in.conf:1:9: ", StringComparison.Ordinal));
        Assert.True(TakeFiles("one", ("appliance.yaml", main), ("rules.conf", rules), ("more/in.conf", "pass\n")));
    }

    [Theory]
    [InlineData("keys/sync.key")]                                       // its folder is a file
    [InlineData("taken")]                                               // it is a folder itself
    public void A_seed_of_which_a_file_cannot_be_written_changes_nothing(string unwritable)
    {
        Assert.True(TakeFiles("one", ("appliance.yaml", Ports), ("a.conf", "old"), ("keys", "a file")));
        Directory.CreateDirectory(_folder["appliance/taken"]);
        string main = "name: new\n" + Ports;
        Assert.False(TakeFiles("two", ("a.conf", "new"), (unwritable, "x"), ("z.conf", "new"), ("appliance.yaml", main)));
        Assert.Equal("old", File.ReadAllText(_folder["appliance/a.conf"]));
        Assert.DoesNotContain("new", File.ReadAllText(Main), StringComparison.Ordinal);
        Assert.StartsWith("seed: NoCloud of two cannot be taken: ", _said[^1], StringComparison.Ordinal);
        Assert.Contains(_folder[$"appliance/{unwritable.Split('/')[0]}"], _said[^1], StringComparison.Ordinal);
        IEnumerable<string?> left = Directory.GetFiles(_folder["appliance"]).Select(Path.GetFileName);
        Assert.Equal(["a.conf", "appliance.yaml", "keys", "seed.instance"], left.Order());
        Assert.Equal("one\n", File.ReadAllText(_folder["appliance/seed.instance"]));
    }

    /// <summary>A machine that nobody can reach helps nobody: whatever its seed is, it is left with the default.</summary>
    [Theory]
    [InlineData("too long")]
    [InlineData("a folder")]
    [InlineData("wrong")]
    [InlineData("a file and its folder")]
    public void A_seed_that_cannot_be_taken_leaves_the_default(string how)
    {
        Directory.CreateDirectory(_folder["seed"]);
        if (how == "a folder") Directory.CreateDirectory(_folder["seed/user-data"]);
        if (how == "wrong") _folder.Write("seed/user-data", "portz: {}\n");
        if (how == "too long")
        {
            using FileStream file = File.Create(_folder["seed/user-data"]);
            file.SetLength(SeedVolume.MaximumBytes + 1);
        }

        if (how == "a file and its folder")
            _folder.Write("seed/user-data", CloudConfig(("appliance.yaml", Ports), ("a/b", "x"), ("a", "y")));
        ProcessRun run = ApplianceProgram.Run("first-boot", "--seed", _folder["seed"], "--config", Main);
        Assert.Contains("no configuration", run.Errors, StringComparison.Ordinal);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(run.ErrorLines, line => line.StartsWith("seed: ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_seeds_password_is_the_shells_and_all_its_files_are_their_owners_alone()
    {
        string files = $"#cloud-config\npassword: secret\nwrite_files:\n  - path: {Main}\n    content: |\n"
            + $"      {Ports.Replace("\n", "\n      ", StringComparison.Ordinal)}\n";
        Assert.True(Take("one", files));
        ConsolePassword password = FirstConfiguration.PasswordFor(Main);
        Assert.True(password.IsSet && password.Fits("secret") && !password.Fits("Secret") && !password.Fits(""));
        foreach (string file in Directory.GetFiles(_folder["appliance"]))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.DoesNotContain("secret", File.ReadAllText(_folder["appliance/console.password"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x y z")]
    [InlineData("1 00 00")]
    [InlineData("999999999999 00000000000000000000000000000000 0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("1 zz000000000000000000000000000000 0000000000000000000000000000000000000000000000000000000000000000")]
    public void A_damaged_password_file_fits_nothing(string line)
    {
        _folder.Write("console.password", line);
        Assert.False(new ConsolePassword(_folder["console.password"]).Fits(""));
    }

    [Fact]
    public void Without_a_configuration_the_first_device_gets_one_that_is_right_and_lets_nothing_through()
    {
        First.LeaveDefault([Device(1, "lo", 0), Device(4, "eth1", 5), Device(3, "eth0", 4), Device(2, "veth0", 3, "veth")]);
        Assert.StartsWith(FirstConfiguration.Mark, File.ReadAllText(Main), StringComparison.Ordinal);
        ConfigurationResult loaded = ConfigurationLoader.Load(Main);
        Assert.Empty(loaded.Errors);
        PortModel port = Assert.Single(loaded.Model!.Ports);
        Assert.Equal("eth0", port.Device!.ToString());
        Assert.Equal(DynamicAddressing.Dhcp, port.Dynamic);
        Assert.NotNull(port.HostPath);
        Assert.StartsWith("block all\n", File.ReadAllText(_folder["appliance/unconfigured.pf.conf"]), StringComparison.Ordinal);
        string before = File.ReadAllText(Main);
        First.LeaveDefault([Device(3, "eth7", 4)]);
        Assert.Equal(before, File.ReadAllText(Main));
    }

    [Fact]
    public void Without_a_device_there_is_none_and_it_says_so()
    {
        First.LeaveDefault([Device(1, "lo", 0)]);
        Assert.False(File.Exists(Main));
        Assert.Contains("no network device", Assert.Single(_said), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("user-data", "meta-data", "instance-id: i-1\nother: {}\n")]
    [InlineData("openstack/latest/user_data", "openstack/latest/meta_data.json", "{\"uuid\": \"i-1\", \"name\": 1}")]
    public void Both_kinds_of_volumes_are_read(string userData, string metaData, string text)
    {
        Directory.CreateDirectory(_folder["openstack/latest"]);
        Assert.Null(SeedVolume.Read(_folder.Path));
        _folder.Write(userData, "name: a\n");
        string alone = SeedVolume.Read(_folder.Path)!.InstanceId;
        Assert.Matches("^[0-9a-f]{64}$", alone);
        _folder.Write(metaData, text);
        Assert.Equal("i-1", SeedVolume.Read(_folder.Path)!.InstanceId);
        _folder.Write(metaData, "[\0");
        Assert.Equal(alone, SeedVolume.Read(_folder.Path)!.InstanceId);
    }

    public void Dispose() => _folder.Dispose();

    private const string Ports = "ports:\n  lan: {backend: af-packet, device: eth0, addresses: [10.1.0.1/24]}\n";

    private FirstConfiguration First => new(Main, _said.Add);

    private bool Take(string instance, string userData) =>
        First.Take(new SeedVolume("NoCloud", instance, Encoding.UTF8.GetBytes(userData)));

    private bool TakeFiles(string instance, params ReadOnlySpan<(string Name, string Text)> files) => Take(instance, CloudConfig(files));

    private string CloudConfig(params ReadOnlySpan<(string Name, string Text)> files)
    {
        var text = new StringBuilder("#cloud-config\nwrite_files:\n");
        foreach ((string name, string held) in files)
        {
            text.Append($"  - path: {_folder["appliance"]}/{name}\n    encoding: b64\n");
            text.Append($"    content: {Convert.ToBase64String(Encoding.UTF8.GetBytes(held))}\n");
        }

        return text.ToString();
    }

    private static HostDevice Device(int index, string name, ulong mac, string kind = "") =>
        new(index, name, new MacAddress(mac), 1500, IsUp: false, HasCarrier: false, 0, kind);
}
