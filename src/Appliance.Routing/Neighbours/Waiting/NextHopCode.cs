using Appliance.Engine;

namespace Appliance.Routing;

/// <summary>
/// What <see cref="FrameInfo.NextHop"/> says, which flows may remember.
/// <code>
///     63 62 61            32 31             0
///    | 0 | 0 ……………………… MAC address            |   the neighbour's, for good
///    | 1 | 0 | generation   | cell            |   where it stands now (NeighbourCells)
///    | 1 | 1 |              | number          |   nobody knows it: whom to ask for (NeighbourQueue), in this breath
/// </code>
/// </summary>
internal static class NextHopCode
{
    private const ulong Live = 1UL << 63, Sought = 1UL << 62;

    public static bool IsMac(ulong code) => (long)code >= 0;

    public static bool IsSought(ulong code) => (code & (Live | Sought)) == (Live | Sought);

    public static ulong OfCell(in CellReference cell) => Live | ((ulong)cell.Generation << 32) | (uint)cell.Index;

    public static CellReference CellOf(ulong code) => new((int)code, (uint)(code >> 32) & CellReference.GenerationMask);

    public static ulong OfSought(int number) => Live | Sought | (uint)number;

    public static int SoughtOf(ulong code) => (int)code;
}
