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

    private static HostDevice Device(int index, string name, ulong mac, string kind = "") =>
        new(index, name, new MacAddress(mac), 1500, IsUp: false, HasCarrier: false, 0, kind);
}
