using System.Buffers.Binary;
using System.Diagnostics;
using Appliance.Interop.Load;
using Appliance.Ports.Linux;
using Appliance.Wire.Checksums;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Interop.Live;

/// <summary>
/// Somebody at the cables of a pair: hears adverts and messages of the lane as they arrive at each box, and sends them there again.
/// </summary>
internal sealed class HostileSpeaker : IDisposable
{
    private const int TimeToLiveAt = EthernetView.HeaderLength + 8;
    private const int HeaderSumAt = EthernetView.HeaderLength + 10;

    private readonly Cable[] _cables;

    public HostileSpeaker(PairNetwork network)
    {
        _cables =
        [
            new Cable(network.Boxes[0], "eth0", network.Switch, "lan-0"),
            new Cable(network.Boxes[1], "eth0", network.Switch, "lan-1"),
            new Cable(network.Boxes[0], "eth2", network.Boxes[1], "eth2"),
            new Cable(network.Boxes[1], "eth2", network.Boxes[0], "eth2"),
        ];
    }

    /// <summary>Waits until so many messages came by each cable; the master hears no adverts.</summary>
    public void Listen(int count)
    {
        byte[] frame = new byte[ControlSocket.MaxFrameBytes];
        Eventually.Is(() =>
        {
            foreach (Cable cable in _cables)
            {
                while (cable.Near.TryReceive(frame, out int length))
                {
                    if (cable.Heard.Count < count) cable.Heard.Add(frame[..length]);
                }
            }

            return _cables.Skip(2).All(cable => cable.Heard.Count >= count) && _cables[1].Heard.Count >= 4;
        });
        _cables[0].Heard.AddRange(_cables[1].Heard);
    }

    /// <summary>Sends what was heard, most of it changed, to the same box by the same cable.</summary>
    public void Speak(int messages, int perSecond, int seed)
    {
        var random = new Random(seed);
        byte[] frame = new byte[ControlSocket.MaxFrameBytes + 64];
        var clock = Stopwatch.StartNew();
        for (int sent = 0; sent < messages; sent++)
        {
            while (clock.Elapsed.TotalSeconds * perSecond < sent) Thread.Sleep(1);
            Cable cable = _cables[random.Next(_cables.Length)];
            byte[] heard = cable.Heard[random.Next(cable.Heard.Count)];
            heard.CopyTo(frame, 0);
            cable.Far.Send(frame.AsSpan(0, Change(frame, heard.Length, random)));
        }
    }

    public void Dispose()
    {
        foreach (Cable cable in _cables)
        {
            cable.Near.Dispose();
            cable.Far.Dispose();
        }
    }

    /// <summary>Answers the new length. One of six stays as it was.</summary>
    private static int Change(byte[] frame, int length, Random random)
    {
        const int Headers = EthernetView.HeaderLength;
        switch (random.Next(6))
        {
            case 0:
                return length;
            case 1:
                return random.Next(Headers, length);
            case 2:
                int more = random.Next(1, 64);
                random.NextBytes(frame.AsSpan(length, more));
                return length + more;
            case 3:
                frame[TimeToLiveAt] = (byte)random.Next(255);
                break;
            case 4:
                random.NextBytes(frame.AsSpan(random.Next(Headers, length - 1), 1));
                break;
            default:
                for (int flips = random.Next(1, 9); flips > 0; flips--) frame[random.Next(Headers, length)] ^= (byte)(1 << random.Next(8));
                break;
        }

        if (random.Next(2) == 0) Sum(frame.AsSpan(0, length));
        return length;
    }

    /// <summary>So that what was changed is looked at behind the header's sum.</summary>
    private static void Sum(Span<byte> frame)
    {
        if (BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) != (ushort)EtherType.Ipv4 || frame.Length < Headers()) return;
        BinaryPrimitives.WriteUInt16BigEndian(frame[HeaderSumAt..], 0);
        ushort sum = InternetChecksum.Finish(InternetChecksum.Sum(frame.Slice(EthernetView.HeaderLength, Ipv4View.MinHeaderLength)));
        BinaryPrimitives.WriteUInt16BigEndian(frame[HeaderSumAt..], sum);

        static int Headers() => EthernetView.HeaderLength + Ipv4View.MinHeaderLength;
    }

    /// <summary>That ends at a box: what arrives there, and a socket at the other end by which more does.</summary>
    private sealed class Cable(Host box, string device, Host other, string otherDevice)
    {
        public ControlSocket Near { get; } = HostThread.Make(box, () => ControlSocket.Open(device, ControlTraffic.Failover, "near"));

        public ControlSocket Far { get; } = HostThread.Make(other, () => ControlSocket.Open(otherDevice, ControlTraffic.Failover, "far"));

        public List<byte[]> Heard { get; } = [];
    }
}
