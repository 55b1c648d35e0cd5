using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Text;
using Appliance.Tests;
using Xunit;

namespace Appliance.Ports.Linux.Tests;

/// <summary>A network namespace that a test makes for itself; it goes with all its devices. Needs root.</summary>
internal sealed partial class NetworkNamespace : IDisposable
{
    private const int CloneNewNet = 0x4000_0000;
    private static int s_made;

    public NetworkNamespace()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root, for network namespaces and packet sockets");
        Assert.SkipUnless(File.Exists(IpProgram), $"needs {IpProgram} (iproute2)");
        Name = $"ports{Environment.ProcessId}-{Interlocked.Increment(ref s_made)}";
        ProcessRun made = ProcessRunner.Run(IpProgram, ["netns", "add", Name]);
        Assert.SkipWhen(made.Errors.Contains("Operation not permitted", StringComparison.Ordinal), "may not make network namespaces here");
        Assert.True(made.ExitCode == 0, made.ToString());
        Ip("link", "set", "lo", "up");
        Exec("/usr/sbin/sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1");    // the kernel says nothing of its own accord
    }

    public const string IpProgram = "/usr/sbin/ip";

    public string Name { get; }

    /// <summary>Runs <c>ip</c> in it.</summary>
    public string Ip(params string[] arguments) => Succeed(IpProgram, ["-n", Name, .. arguments]);

    /// <summary>Runs a program in it, to its end.</summary>
    public string Exec(string program, params string[] arguments)
    {
        Assert.SkipUnless(File.Exists(program), $"{program} is not installed");
        return Succeed(IpProgram, ["netns", "exec", Name, program, .. arguments]);
    }

    /// <summary>Two ends of a cable, both up and both here, without addresses of the kernel's own.</summary>
    public void AddPair(string near, string far, int mtu = 1500, NetworkNamespace? farSide = null)
    {
        NetworkNamespace other = farSide ?? this;
        Ip("link", "add", near, "mtu", $"{mtu}", "type", "veth", "peer", "name", far, "mtu", $"{mtu}", "netns", other.Name);
        Quiet(near);
        other.Quiet(far);
    }

    /// <summary>What every step of the test runs on: a thread of its own that has entered the namespace, as have its sockets.</summary>
    public void Run(Action action)
    {
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Enter();
                action();
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        });
        thread.Start();
        thread.Join();
        if (failure is not null) ExceptionDispatchInfo.Throw(failure);
    }

    public void Dispose() => ProcessRunner.Run(IpProgram, ["netns", "delete", Name]);

    private unsafe void Enter()
    {
        fixed (byte* path = Encoding.UTF8.GetBytes($"/run/netns/{Name}\0"))
        {
            using Descriptor descriptor = Descriptor.Of(Libc.Open(path, 0), "open", Name);
            Assert.Equal(0, SetNamespace(descriptor.Number, CloneNewNet));
        }
    }

    private void Quiet(string device)
    {
        Ip("link", "set", "dev", device, "up");
    }

    private static string Succeed(string program, IEnumerable<string> arguments)
    {
        ProcessRun run = ProcessRunner.Run(program, arguments);
        Assert.True(run.ExitCode == 0, run.ToString());
        return run.Output;
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(int descriptor, int kind);
}
