using System.Diagnostics;
using Appliance.Interop.Live;
using Appliance.Ports.Linux;
using Appliance.Testing;
using Appliance.Wire.Arp;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Appliance.Wire.Ndp;

namespace Appliance.Interop.Load;

/// <summary>
/// A host that asks the appliance for its MAC address again and again, by ARP and by neighbour discovery in turn, each when the one before
/// is answered; and who stands at the appliance's device and counts which of these questions arrive there.
/// </summary>
internal sealed class Questions : IDisposable
{
    private const string Asker4 = "10.1.0.77", Asker6 = "fd01::77";     // nobody else asks or is asked by these
    private static readonly TimeSpan UntilLost = TimeSpan.FromSeconds(2);        // on the cable, if it has not arrived then
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);           // for what has arrived: a process may be stopped

    private readonly byte[] _frame = new byte[ControlSocket.MaxFrameBytes];
    private readonly ControlSocket _host;
    private readonly ControlSocket _device;
    private readonly List<double> _seconds = [];
    private readonly Repetition _asking;

    public Questions(LiveNetwork network)
    {
        _asking = new Repetition(Ask, restMilliseconds: 5);
        _host = HostThread.Make(network.Lan, () => ControlSocket.Open("lan0", ControlTraffic.Default, "asker"));
        _device = HostThread.Make(network.Box, () => ControlSocket.Open("eth0", ControlTraffic.Default, "watcher"));
    }

    public int Asked { get; private set; }

    /// <summary>Of the questions, those that arrived at the appliance's device.</summary>
    public int Arrived { get; private set; }

    public int Answered => _seconds.Count;

    /// <summary>Control frames that the watcher had no room for.</summary>
    public long Unseen => _device.QueueFull;

    /// <summary>
    /// Begins to ask, until <see cref="Stop"/>, when the address is the appliance's: until it knows that nobody else has it, it does not
    /// answer for it (RFC 4862 §5.4.3).
    /// </summary>
    public void Start()
    {
        Eventually.Is(() =>
        {
            bool isAnswered = HasAnswer(isArp: false);
            if (!isAnswered) _host.Send(Solicitation());
            return isAnswered;
        });
        Watch();
        Arrived = 0;
        _asking.Start();
    }

    public void Stop() => _asking.Stop();

    public override string ToString() =>
        $"{Asked} questions, {Arrived} arrived, {Answered} answered, half of them within {Statistics.Median(_seconds) * 1000:F1} ms";

    public void Dispose()
    {
        Stop();
        _host.Dispose();
        _device.Dispose();
    }

    private bool AwaitAnswer(bool isArp, int arrivedBefore)
    {
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < Limit; Thread.Sleep(1))
        {
            if (HasAnswer(isArp)) return true;
            Watch();
            if (waited.Elapsed > UntilLost && Arrived == arrivedBefore) return false;
        }

        return false;
    }

    private void Watch()
    {
        while (_device.TryReceive(_frame, out int length)) Arrived += IsOurs(_frame.AsSpan(0, length)) ? 1 : 0;
    }

    private void Ask()
    {
        while (_host.TryReceive(_frame, out _)) continue;               // what is late has been counted as never come
        bool isArp = Asked++ % 2 == 0;
        long begin = Stopwatch.GetTimestamp();
        _host.Send(isArp ? Arp() : Solicitation());
        if (AwaitAnswer(isArp, Arrived)) _seconds.Add(Stopwatch.GetElapsedTime(begin).TotalSeconds);
        Watch();
    }

    private byte[] Arp()
    {
        var fields = new ArpFields(ArpOperation.Request, _host.Mac, TestFrames.V4(Asker4), default, TestFrames.V4("10.1.0.1"));
        return TestFrames.WithMacs(TestFrames.Arp(fields), MacAddress.Broadcast, _host.Mac);
    }

    private byte[] Solicitation()
    {
        var solicitation = new NeighborSolicitationFields(TestFrames.V6("fd01::1"), _host.Mac);
        byte[] message = new byte[solicitation.Length];
        solicitation.WriteTo(message);
        byte[] frame = TestFrames.Ipv6(
            Asker6, "ff02::1:ff00:1", new TestTransport(IpProtocol.Icmpv6, message, 2, HasPseudoHeader: true),
            fields => fields with { HopLimit = 255 });
        return TestFrames.WithMacs(frame, new MacAddress(0x3333_ff00_0001), _host.Mac);
    }

    private bool HasAnswer(bool isArp)
    {
        while (_host.TryReceive(_frame, out int length))
        {
            Span<byte> frame = _frame.AsSpan(0, length);
            bool isAnswer = isArp
                ? IsArp(frame) && frame[21] == 2 && frame.Slice(38, 4).SequenceEqual(Address(TestFrames.V4(Asker4)))
                : IsNdp(frame) && frame[54] == 136 && frame.Slice(38, 16).SequenceEqual(Address(TestFrames.V6(Asker6)));
            if (isAnswer) return true;
        }

        return false;
    }

    private static bool IsOurs(ReadOnlySpan<byte> frame) =>
        (IsArp(frame) && frame.Slice(28, 4).SequenceEqual(Address(TestFrames.V4(Asker4))))
        || (IsNdp(frame) && frame[54] == 135 && frame.Slice(22, 16).SequenceEqual(Address(TestFrames.V6(Asker6))));

    private static bool IsArp(ReadOnlySpan<byte> frame) => frame.Length >= 42 && frame[12] == 8 && frame[13] == 6;

    private static bool IsNdp(ReadOnlySpan<byte> frame) => frame.Length >= 78 && frame[12] == 0x86 && frame[20] == (byte)IpProtocol.Icmpv6;

    private static byte[] Address(Ipv4Address address)
    {
        byte[] bytes = new byte[4];
        address.WriteTo(bytes);
        return bytes;
    }

    private static byte[] Address(Ipv6Address address)
    {
        byte[] bytes = new byte[16];
        address.WriteTo(bytes);
        return bytes;
    }
}
