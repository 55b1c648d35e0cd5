namespace Appliance.Wire.Tests.Checksums;

/// <summary>The slow twin: RFC 1071 §4.1 word by word, in the order of the wire, every carry brought round at once.</summary>
internal static class Rfc1071
{
    public static ushort Sum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (int i = 0; i < bytes.Length; i += 2)
        {
            byte second = i + 1 < bytes.Length ? bytes[i + 1] : (byte)0;
            sum = AddWord(sum, (uint)((bytes[i] << 8) | second));
        }

        return (ushort)sum;
    }

    public static ushort Checksum(ReadOnlySpan<byte> bytes) => (ushort)~Sum(bytes);

    public static uint AddWord(uint sum, uint word)
    {
        sum += word;
        return sum > 0xffff ? sum - 0x10000 + 1 : sum;
    }
}
