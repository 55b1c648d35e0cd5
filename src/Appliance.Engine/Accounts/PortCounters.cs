using System.Runtime.InteropServices;

namespace Appliance.Engine;

/// <summary>What one worker moved through one port. Bytes are Ethernet bytes without frame check sequence, tags included.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PortCounters
{
    public long FramesIn;
    public long BytesIn;
    public long FramesOut;
    public long BytesOut;
    public long FramesDropped;      // frames that came in by this port and were dropped

    public void Add(in PortCounters other)
    {
        FramesIn += other.FramesIn;
        BytesIn += other.BytesIn;
        FramesOut += other.FramesOut;
        BytesOut += other.BytesOut;
        FramesDropped += other.FramesDropped;
    }
}
