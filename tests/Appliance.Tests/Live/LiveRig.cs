using System.Collections.Concurrent;
using Appliance.Configuration;
using Appliance.Management;
using Appliance.Running;
using Appliance.Testing;
using Appliance.Threads;
using Appliance.Wire.Ethernet;
using Xunit;

namespace Appliance.Tests.Live;

/// <summary>An appliance that runs, with all its threads, on devices in memory.</summary>
internal sealed class LiveRig : IDisposable
{
    public const string Ports = """
        ports:
          lan: {backend: af-packet, device: eth0, addresses: [192.168.1.1/24]}
          wan: {backend: af-packet, device: eth1, addresses: [203.0.113.2/24]}
        routes: [{to: 0.0.0.0/0, via: 203.0.113.1}]
        neighbors:
          - {port: wan, address: 203.0.113.1, mac: "02:00:00:00:0a:01"}
          - {port: lan, address: 192.168.1.10, mac: "02:00:00:00:0b:0a"}

        """;

    private readonly Thread _control;
    private readonly ConcurrentQueue<string> _lines = [];

    /// <param name="yaml">What runs first.</param>
    /// <param name="vcpus">Workers.</param>
    /// <param name="notices">Null: nobody watches.</param>
    /// <param name="host">Null: there is none.</param>
    /// <param name="reader">Of the log, before a line is kept; null: nobody else reads it.</param>
    /// <param name="rehearse">What a box of a pair does before it joins; null: nothing.</param>
    /// <param name="opens">What opens before it is ready, which is then not waited for; null: nothing.</param>
    public LiveRig(
        string yaml = Ports, int vcpus = 2, TestNotices? notices = null, TestHost? host = null, Action<string>? reader = null,
        Action? rehearse = null, Func<Task>? opens = null)
    {
        Text = yaml;
        Notices = notices ?? new TestNotices();
        Devices = new TestDevices(Lan, Wan);
        Appliance = new RunningAppliance(ModelOf($"vcpus: {vcpus}\n{yaml}"), new Surroundings
        {
            Ports = Devices,
            Host = host,
            Notices = Notices,
            Log = new OperatorLog((reader ?? (_ => { })) + _lines.Enqueue, () => WorkerThreads.Now),
            NewSleep = () => new TestSleep(),
            Secret = 1,
            Rehearse = rehearse ?? (() => { }),
        });
        if (opens is not null) Appliance.Opens = opens;
        Appliance.Reloader = ReloadAsync;
        _control = new Thread(Appliance.Run) { IsBackground = true };
        _control.Start();
        Vcpus = vcpus;
        if (opens is null) Until(() => Notices.Told.Contains("ready"), () => "the appliance is not ready");
    }

    public RunningAppliance Appliance { get; }

    public TestDevices Devices { get; }

    public TestNotices Notices { get; }

    public TestDevice Lan { get; } = new("eth0", 0x5254_0000_0001);

    public TestDevice Wan { get; } = new("eth1", 0x5254_0000_0002);

    public int Vcpus { get; }

    /// <summary>What stands in the configuration's file.</summary>
    public string Text { get; set; }

    public IReadOnlyCollection<string> Lines => _lines;

    /// <summary>A numbered datagram from the lan to the internet.</summary>
    public static byte[] Frame(int number) => TestFrames.WithMacs(TestFrames.Ipv4(
        "192.168.1.10", "198.51.100.7", TestTransport.Udp((ushort)(1 + (number % 60_000)), 53)),
        new MacAddress(0x5254_0000_0001), TestFrames.Host);

    public static RuntimeModel ModelOf(string yaml)
    {
        ConfigurationResult result = ConfigurationLoader.LoadText(yaml, "live.yaml");
        Assert.Empty(result.Errors);
        return result.Model!;
    }

    /// <summary>Waits for what must come to pass, however long the machine takes.</summary>
    public static void Until(Func<bool> condition, Func<string> otherwise) =>
        Assert.True(SpinWait.SpinUntil(condition, TimeSpan.FromMinutes(1)), otherwise());

    public void Dispose()
    {
        Appliance.Stop();
        Assert.True(_control.Join(TimeSpan.FromMinutes(1)), "the control thread does not end");
        Appliance.Dispose();
    }

    private Task<ApplyAnswer> ReloadAsync()
    {
        ConfigurationResult loaded = ConfigurationLoader.LoadText($"vcpus: {Vcpus}\n{Text}", "live.yaml");
        return loaded.Model is { } model
            ? Appliance.Ask(_ => Appliance.Apply(model))
            : Task.FromResult(new ApplyAnswer([.. loaded.Errors.Select(error => error.ToString())], []));
    }
}
