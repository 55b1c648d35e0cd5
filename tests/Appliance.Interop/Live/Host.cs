using Appliance.Tests;
using Xunit;

namespace Appliance.Interop.Live;

/// <summary>A host of its own: a network namespace, in which programs are run. It goes with all its devices.</summary>
internal sealed class Host : IDisposable
{
    private const string IpProgram = "/usr/sbin/ip";
    private static int s_made;

    /// <summary>Answers, or skips the test with the reason.</summary>
    public Host(string name)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root, for network namespaces and packet sockets");
        Assert.SkipUnless(File.Exists(IpProgram), $"needs {IpProgram} (iproute2)");
        Name = $"live{Environment.ProcessId}-{Interlocked.Increment(ref s_made)}-{name}";
        ProcessRun made = ProcessRunner.Run(IpProgram, ["netns", "add", Name]);
        Assert.SkipWhen(made.Errors.Contains("Operation not permitted", StringComparison.Ordinal), "may not make network namespaces here");
        Assert.True(made.ExitCode == 0, made.ToString());
        Ip("link", "set", "lo", "up");
    }

    public string Name { get; }

    /// <summary>Runs <c>ip</c> here.</summary>
    public string Ip(params string[] arguments) => Succeeded(ProcessRunner.Run(IpProgram, ["-n", Name, .. arguments])).Output;

    /// <summary>Runs a program here, to its end; it must succeed.</summary>
    public string Succeed(string program, params IEnumerable<string> arguments) => Succeeded(Run(program, arguments)).Output;

    public ProcessRun Run(string program, params IEnumerable<string> arguments) =>
        ProcessRunner.Run(IpProgram, ["netns", "exec", Name, Peer.Require(program), .. arguments]);

    /// <summary>Starts a program here, which ends with what is answered.</summary>
    public Background Start(string program, params IEnumerable<string> arguments) =>
        new(IpProgram, ["netns", "exec", Name, Peer.Require(program), .. arguments]);

    /// <summary>
    /// Starts a service here, as a service manager does: with what that says in the environment, and before most others (Nice=, as in the
    /// image's appliance.service).
    /// </summary>
    public Background StartService(
        IReadOnlyDictionary<string, string> environment, string program, params IEnumerable<string> arguments) =>
        new(IpProgram, ["netns", "exec", Name, "nice", "-n", "-10", program, .. arguments], environment);

    /// <summary>Whether every one of two pings is answered at once.</summary>
    public bool Pings(string address) =>
        Run("ping", "-n", "-c", "2", "-i", "0.1", "-W", "1", address).Output.Contains(" 0% packet loss", StringComparison.Ordinal);

    /// <summary>An address of either family on a device, usable at once.</summary>
    public void AddAddress(string device, string address)
    {
        string[] v6 = address.Contains(':', StringComparison.Ordinal) ? ["nodad"] : [];
        Ip(["addr", "add", address, "dev", device, .. v6]);
    }

    /// <summary>Two ends of a cable, both up; no router of the kernel's speaks on them.</summary>
    /// <param name="farMac">Of the far end; null: any.</param>
    public static void Connect(Host near, string device, Host far, string farDevice, string? farMac = null)
    {
        string[] address = farMac is null ? [] : ["address", farMac];
        near.Ip(["link", "add", device, "type", "veth", "peer", "name", farDevice, .. address, "netns", far.Name]);
        near.BringUp(device);
        far.BringUp(farDevice);
    }

    /// <summary>What senders and receivers leave to their device, or do by themselves.</summary>
    public void SetOffloads(string device, bool isOn)
    {
        string on = isOn ? "on" : "off";
        Run("ethtool", "-K", device, "tx", on, "tso", on, "gso", on, "gro", on, "sg", on);
    }

    public void Dispose() => ProcessRunner.Run(IpProgram, ["netns", "delete", Name]);

    private void BringUp(string device)
    {
        Succeed("sysctl", "-qw", $"net.ipv6.conf.{device}.accept_dad=0", $"net.ipv6.conf.{device}.router_solicitations=0");
        Ip("link", "set", device, "up");
        ReceiveOnOneProcessor(device);
    }

    /// <summary>
    /// A veth hands a frame to whichever processor sent it, each of which has a backlog of its own: two senders of one flow, or one that
    /// moves, overtake each other before anybody sees the frames. With one processor for all, who reorders is who stands between.
    /// </summary>
    private void ReceiveOnOneProcessor(string device) =>
        Succeed("/bin/sh", "-c", $"echo 1 > /sys/class/net/{device}/queues/rx-0/rps_cpus");

    private static ProcessRun Succeeded(ProcessRun run)
    {
        Assert.True(run.ExitCode == 0, run.ToString());
        return run;
    }
}
