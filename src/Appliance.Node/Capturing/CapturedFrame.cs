using Appliance.Engine;
using Appliance.Wire.Pcap;

namespace Appliance.Node;

/// <summary>A frame as it came in or as it left, and what became of it.</summary>
/// <param name="Time">Of the breath.</param>
/// <param name="Direction">Of the frame at the captured port.</param>
/// <param name="Length">Bytes of the frame; of those that were not captured there are <c>Length - Bytes.Length</c>.</param>
/// <param name="Bytes">From the Ethernet header on.</param>
/// <param name="Verdict">In a line for people.</param>
public sealed record CapturedFrame(MonotonicTime Time, CaptureDirection Direction, int Length, byte[] Bytes, string Verdict);
