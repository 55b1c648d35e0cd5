using Appliance.Engine;
using Appliance.Wire.Carp;
using Appliance.Wire.Ip;
using static Appliance.Failover.Tests.CarpBench;

namespace Appliance.Failover.Tests;

/// <summary>
/// Somebody on the wire who does not know the key: sends again what a box has heard, as it was or with another skew, base, source or hop
/// limit, cut and flipped, or makes its own under another key. It draws from its own numbers, so a run without it is the same run.
/// </summary>
internal sealed class Attacker(PairWorld world, int seed)
{
    private readonly Random _random = new(seed ^ 0xa77ac);

    public long Sent { get; private set; }

    /// <summary>A burst of frames to both boxes, again and again.</summary>
    public void Work(long every, int burst, long until)
    {
        MonotonicTime end = world.Now + until;
        Again();

        void Again()
        {
            for (int i = 0; i < burst; i++) Attack(world.Boxes[_random.Next(2)]);
            if (world.Now + every < end) world.After(every, Again);
        }
    }

    public void Attack(SimulatedBox box)
    {
        if (!box.IsAlive || box.IsFrozen) return;
        (PortId port, byte[] frame) = Make(box);
        Sent++;
        box.Do(node => node.OnFrame(port, frame, world.Now));
    }

    private (PortId Port, byte[] Frame) Make(SimulatedBox box)
    {
        (PortId port, byte[] heard) = box.Heard.Count > 0 ? box.Heard[_random.Next(box.Heard.Count)] : (Wan, Forged());
        byte[] frame = [.. heard];
        switch (_random.Next(8))
        {
            case 0: break;                                            // as it was
            case 1: Rewrite(frame, CarpInterval.Leaving); break;
            case 2: Rewrite(frame, new CarpInterval(0, 0)); break;
            case 3: Rewrite(frame, new CarpInterval((byte)_random.Next(256), (byte)_random.Next(256))); break;
            case 4: frame = frame[.._random.Next(frame.Length)]; break;
            case 5: frame[_random.Next(14, frame.Length)] ^= (byte)(1 << _random.Next(8)); break;
            case 6: frame = Forged(); break;
            default:
                frame[14 + 8] = (byte)_random.Next(255);              // a hop limit of somewhere else
                AdvertisementFrames.Completed(frame);
                break;
        }

        return (port, frame);
    }

    private void Rewrite(byte[] frame, CarpInterval interval)
    {
        if (!CarpView.TryParse(frame.AsSpan(AdvertisementFrames.Ipv4PayloadOffset), out CarpView view)) return;
        (view.AdvertisementBaseSeconds, view.AdvertisementSkew) = (interval.BaseSeconds, interval.Skew);
        view.CompleteChecksum();
        frame[14 + 15] = (byte)_random.Next(256);                     // from anywhere: the source is proved by nothing
        AdvertisementFrames.Completed(frame);
    }

    private byte[] Forged()
    {
        CarpGroupSettings group = (_random.Next(2) == 0 ? OnWan() : OnLan()) with { Key = Key("guess" + _random.Next(1000)) };
        var fields = new CarpFields(group.Vhid, (byte)_random.Next(2), (byte)_random.Next(256), (ulong)_random.NextInt64());
        return AdvertisementFrames.Make(group, new Ipv4Address(0xc000_0200u + (uint)_random.Next(256)), fields);
    }
}
