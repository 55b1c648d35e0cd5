namespace Appliance.Node;

/// <summary>
/// What a replay writes to <c>FrameInfo.Ordinal</c>: which record of which capture a frame was. In the first capture it is the record's
/// number as captures count, and so the same that a trace of that capture alone gives it.
/// <code>
///     | input, from 0 : 23 bits | number in the capture, from 1 : 40 bits |
/// </code>
/// </summary>
internal static class FrameOrdinal
{
    private const int NumberBits = 40;

    public static long Of(int input, long number) => ((long)input << NumberBits) | number;

    public static int InputOf(long ordinal) => (int)(ordinal >> NumberBits);

    public static long NumberOf(long ordinal) => ordinal & ((1L << NumberBits) - 1);
}
