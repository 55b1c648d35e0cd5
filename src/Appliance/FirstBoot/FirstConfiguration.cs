using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Appliance.Configuration;
using Appliance.Ports.Linux;

namespace Appliance.FirstBoot;

/// <summary>
/// The configuration that a VM begins with. A seed's is taken once for each instance, whole or not at all: it is validated with the files
/// that it will stand among, all of it is on disk before the first file gets its name, its configuration gets it last, and that it was
/// taken is noted behind that, so that a loss of power in between has it taken again. Where there is no configuration after that, a default
/// is left: it forwards nothing.
/// </summary>
/// <param name="configuration">Its full path.</param>
/// <param name="say">A line for the log.</param>
internal sealed class FirstConfiguration(string configuration, Action<string> say)
{
    /// <summary>The first line of the default, by which the console knows it.</summary>
    public const string Mark = "# An appliance without a configuration of its own.";

    /// <summary>What it keeps itself beside the configuration: which instance's seed was taken, and the console's password.</summary>
    public const string InstanceFile = "seed.instance", PasswordFile = "console.password";

    private const string DefaultRuleset = "unconfigured.pf.conf", DefaultToken = "unconfigured.token";

    private readonly string _folder = Path.GetDirectoryName(configuration)!;

    private string Main { get; } = Path.GetFileName(configuration);

    /// <summary>Of the console's shell, for the appliance with this configuration.</summary>
    public static ConsolePassword PasswordFor(string configuration) =>
        new(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(configuration))!, PasswordFile));

    /// <summary>The file with the token of the default's https.</summary>
    public static string TokenFor(string configuration) => Path.Combine(Path.GetDirectoryName(configuration)!, DefaultToken);

    /// <summary>Takes over what is mounted at a folder, if anything is. False: it is wrong, or cannot be read.</summary>
    public bool TakeFrom(string folder)
    {
        try
        {
            return SeedVolume.Read(folder) is not { } seed || Take(seed);
        }
        catch (FailedException failure)
        {
            say($"seed: {failure.Message}");
            return false;
        }
    }

    /// <summary>Takes a seed over. False: it is wrong, or cannot be written, and nothing of it was taken.</summary>
    public bool Take(SeedVolume seed)
    {
        try
        {
            return TryTake(seed);
        }
        catch (Exception failure) when (FileFault.IsOne(failure))
        {
            say($"seed: {seed.Kind} of {seed.InstanceId} cannot be taken: {failure.Message}");
            return false;
        }
    }

    private bool TryTake(SeedVolume seed)
    {
        string noted = Path.Combine(_folder, InstanceFile);
        if (File.Exists(noted) && File.ReadAllText(noted).TrimEnd('\n') == seed.InstanceId)
        {
            say($"seed: {seed.Kind} of {seed.InstanceId}, taken before");
            return true;
        }

        SeedContents contents = UserData.Read(seed.UserData, configuration);
        foreach (string note in contents.Notes) say($"seed: {note}");
        Task<ImmutableArray<(string Path, byte[] Contents)>> password = Task.Run(() => PasswordOf(contents));    // slow on purpose
        ImmutableArray<string> faults = contents.Faults.IsEmpty ? FaultsOf(contents.Files) : contents.Faults;
        foreach (string fault in faults) say($"seed: {fault}");
        if (!faults.IsEmpty) return false;
        WholeFile.WriteAll(
        [
            .. contents.Files.Where(file => file.Name != Main).Select(file => (Path.Combine(_folder, file.Name), file.Contents)),
            .. password.GetAwaiter().GetResult(),
            (configuration, MainOf(contents.Files)),
            (noted, Encoding.UTF8.GetBytes(seed.InstanceId + "\n")),
        ]);
        say($"seed: {seed.Kind} of {seed.InstanceId}: {contents.Files.Length} files taken");
        return true;
    }

    /// <summary>Leaves the default where there is no configuration; without a device there is nothing to be reached at, and none.</summary>
    public void LeaveDefault(IReadOnlyList<HostDevice> devices)
    {
        if (File.Exists(configuration)) return;
        HostDevice? first = devices.Where(IsHardware).OrderBy(device => device.Index).FirstOrDefault();
        if (first is null)
        {
            say("no configuration, and no network device to be reached at: give the machine one");
            return;
        }

        byte[] token = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)) + "\n");
        WholeFile.WriteAll(
        [
            (TokenFor(configuration), token),
            (Path.Combine(_folder, DefaultRuleset), Encoding.ASCII.GetBytes(Ruleset)),
            (configuration, Encoding.ASCII.GetBytes(ConfigurationOn(first.Name))),
        ]);
        say($"no configuration: {first.Name} takes an address by DHCP, and nothing is forwarded");
    }

    private static bool IsHardware(HostDevice device) => device.Kind.Length == 0 && device.Master == 0 && device.Mac.Value != 0;

    private static string ConfigurationOn(string device) => $$"""
        {{Mark}}
        # It forwards nothing, and takes one address by DHCP to be reached at. The console says what to do; README.md says what stands here.
        name: unconfigured
        ports:
          mgmt: {backend: af-packet, device: {{device}}, addresses: [dhcp]}
        firewall: {ruleset: {{DefaultRuleset}}}
        management:
          socket: /run/appliance/appliance.sock
          https: {listen: "0.0.0.0:8443", token-file: {{DefaultToken}}}

        """;

    private const string Ruleset = """
        block all
        pass out quick on mgmt inet proto udp from any port 68 to any port 67
        pass in quick on mgmt inet proto udp from any port 67 to any port 68
        pass in quick on mgmt inet proto icmp all icmp-type echoreq
        pass in quick on mgmt inet proto tcp from any to (mgmt) port 8443

        """;

    /// <summary>The file that it is kept in; none: the seed says no password.</summary>
    private ImmutableArray<(string Path, byte[] Contents)> PasswordOf(SeedContents contents) =>
        contents.Password is { Length: > 0 } password ? [PasswordFor(configuration).FileOf(password)] : [];

    private byte[] MainOf(ImmutableArray<SeedFile> files) => files.First(file => file.Name == Main).Contents;

    /// <summary>Of the seed's configuration, as if it stood there with all its files.</summary>
    private ImmutableArray<string> FaultsOf(ImmutableArray<SeedFile> files)
    {
        ConfigurationResult result = ConfigurationLoader.LoadBytes(MainOf(files), configuration, new SeedRulesets(_folder, files));
        return [.. result.Errors.Select(error => error.ToString())];
    }
}
