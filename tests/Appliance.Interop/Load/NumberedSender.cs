using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Appliance.Interop.Live;
using Appliance.Ports.Linux;

namespace Appliance.Interop.Load;

/// <summary>
/// Numbered datagrams of a host, as fast as one processor can or at a rate. One call gives the kernel many datagrams of a flow, which it
/// cuts into frames at the device (UDP_SEGMENT, udp(7)): the device must not cut them itself.
/// </summary>
internal sealed class NumberedSender : IDisposable
{
    private const SocketOptionLevel UdpLevel = (SocketOptionLevel)17;
    private const int SegmentOption = 103;              // UDP_SEGMENT
    private const int MostSegments = 64;                // in a call
    private const int MostBytes = 60_000;
    private const int CallsPerSecond = 8000;            // at least, where the rate allows: bursts stay short
    private const int FirstSourcePort = 20_000;

    private readonly Socket[] _flows;
    private readonly int _payloadBytes;
    private readonly byte[] _burst = new byte[MostBytes];
    private uint _run;

    /// <param name="host">Who sends.</param>
    /// <param name="target">IPv4 address; the datagrams go to <see cref="NumberedFrame.DestinationPort"/>.</param>
    /// <param name="flows">Source ports, which take turns.</param>
    /// <param name="frameBytes">Of each frame, from the Ethernet header on, without the check sequence.</param>
    public NumberedSender(Host host, string target, int flows, int frameBytes)
    {
        _payloadBytes = frameBytes - NumberedFrame.HeaderBytes;
        _flows = HostThread.Make(host, () => Enumerable.Range(0, flows).Select(flow => Open(target, flow)).ToArray());
    }

    public int Flows => _flows.Length;

    /// <summary>
    /// Sends so many frames and answers the seconds that it took. It has a processor for itself: the last one, since workers begin with the
    /// first.
    /// </summary>
    /// <param name="count">In all, over all flows.</param>
    /// <param name="perSecond">Infinite: as fast as it goes.</param>
    /// <param name="announce">Told the run's number before the first leaves.</param>
    public double Send(int count, double perSecond, Action<uint> announce)
    {
        announce(++_run);
        double seconds = 0;
        var thread = new Thread(() =>
        {
            ProcessorAffinity.Bind(ProcessorAffinity.Allowed()[^1]);
            seconds = SendAll(count, perSecond);
        });
        thread.Start();
        thread.Join();
        return seconds;
    }

    public void Dispose()
    {
        foreach (Socket flow in _flows) flow.Dispose();
    }

    private double SendAll(int count, double perSecond)
    {
        uint[] next = new uint[_flows.Length];
        int most = Math.Min(MostSegments, MostBytes / _payloadBytes);
        if (perSecond < (double)most * CallsPerSecond) most = Math.Max(1, (int)(perSecond / CallsPerSecond));
        var clock = Stopwatch.StartNew();
        for (int sent = 0, flow = 0; sent < count; flow = (flow + 1) % _flows.Length)
        {
            while (clock.Elapsed.TotalSeconds * perSecond < sent) Thread.SpinWait(20);
            int burst = Math.Min(most, count - sent);
            for (int i = 0; i < burst; i++)
                new NumberedFrame(_run, (ushort)flow, next[flow]++).WriteTo(_burst.AsSpan(i * _payloadBytes));
            _flows[flow].Send(_burst.AsSpan(0, burst * _payloadBytes));
            sent += burst;
        }

        return clock.Elapsed.TotalSeconds;
    }

    private Socket Open(string target, int flow)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { SendBufferSize = 4 << 20 };
        socket.SetRawSocketOption((int)UdpLevel, SegmentOption, BitConverter.GetBytes(_payloadBytes));
        socket.Bind(new IPEndPoint(IPAddress.Any, FirstSourcePort + flow));
        socket.Connect(new IPEndPoint(IPAddress.Parse(target), NumberedFrame.DestinationPort));
        return socket;
    }
}
