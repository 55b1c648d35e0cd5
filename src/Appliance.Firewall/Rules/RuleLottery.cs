using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// The lots of <c>probability</c>: a draw for each frame, direction and rule, the same on any worker and in any order of evaluation.
/// </summary>
internal static class RuleLottery
{
    public static bool Draws(KeyedRandom random, in PacketView packet, int rule, uint probability)
    {
        ulong draw = random.Draw(RandomPurpose.RuleProbability, packet.Ordinal, (ulong)rule, (uint)packet.Direction);
        return (uint)(draw >> 32) < probability;
    }
}
