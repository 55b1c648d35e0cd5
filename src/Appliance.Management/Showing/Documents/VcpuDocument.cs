namespace Appliance.Management;

/// <summary>A row of <c>show vcpus</c>: what a worker judged.</summary>
/// <param name="Share">Of all frames, 0 to 1.</param>
/// <param name="HandedOff">Frames that it received for another.</param>
/// <param name="Express">Frames of established flows that took the short way.</param>
/// <param name="FramesHeld">Frames that wait in it.</param>
/// <param name="Busy">Which part of its time it had work, 0 to 1; null: nobody measures it.</param>
public sealed record VcpuDocument(
    int Id, long Frames, long Bytes, long Batches, double Share, long HandedOff, long Express, int FramesHeld, double? Busy);
