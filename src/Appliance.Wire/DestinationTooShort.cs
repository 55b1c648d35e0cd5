namespace Appliance.Wire;

/// <summary>
/// The one error of writing fields: the caller gave less room than the header's length, which it can always know beforehand.
/// That is a broken invariant of the caller, not bad input, and so it is thrown.
/// </summary>
internal static class DestinationTooShort
{
    public static void ThrowIf(Span<byte> bytes, int neededBytes) =>
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes.Length, neededBytes, nameof(bytes));
}
