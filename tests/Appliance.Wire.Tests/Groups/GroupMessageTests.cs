using Appliance.Testing;
using Appliance.Wire.Groups;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Wire.Tests.Groups;

public sealed class GroupMessageTests
{
    [Theory]
    [InlineData("1100eeff00000000", 1, "0.0.0.0", 10_000)]
    [InlineData("1164ee9b00000000", 2, "0.0.0.0", 10_000)]
    [InlineData("110a0000e0000012", 2, "224.0.0.18", 1000)]
    [InlineData("11640000e0000012027d0000", 3, "224.0.0.18", 10_000)]
    [InlineData("118000000000000002140000", 3, "0.0.0.0", 12_800)]        // 128: mantissa 16, exponent 3
    [InlineData("11ff00000000000002140000", 3, "0.0.0.0", 3_174_400)]     // 31 << 10 tenths
    public void Questions_of_igmp_are_read_by_version(string hex, int version, string group, int milliseconds)
    {
        Assert.True(GroupQuery.TryParseIgmp(Convert.FromHexString(hex), out GroupQuery query));
        Assert.Equal(new GroupQuery(version, TestFrames.V4(group), milliseconds), query);
    }

    [Theory]
    [InlineData("82000000271000000000000000000000000000000000000000", 0, "::", 0)]      // between the lengths of two versions
    [InlineData("820000002710000000000000000000000000000000000000", 1, "::", 10_000)]
    [InlineData("8200000027100000ff020000000000000000000000000012027d0000", 2, "ff02::12", 10_000)]
    [InlineData("82000000800000000000000000000000000000000000000002140000", 2, "::", 32_768)]
    [InlineData("82000000ffff00000000000000000000000000000000000002140000", 2, "::", 8_387_584)]
    public void Questions_of_mld_are_read_by_version(string hex, int version, string group, int milliseconds)
    {
        Assert.Equal(version > 0, GroupQuery.TryParseMld(Convert.FromHexString(hex), out GroupQuery query));
        if (version > 0) Assert.Equal(new GroupQuery(version, TestFrames.V6(group), milliseconds), query);
    }

    [Fact]
    public void What_is_cut_off_or_another_message_is_no_question()
    {
        byte[] igmp = Convert.FromHexString("11640000e0000012027d0000"), mld = new byte[28];
        mld[0] = 130;
        for (int length = 0; length < 28; length++)
        {
            Assert.Equal(length is 8 or >= 12, GroupQuery.TryParseIgmp(igmp.AsSpan(0, Math.Min(length, 12)), out _));
            Assert.Equal(length is 24, GroupQuery.TryParseMld(mld.AsSpan(0, length), out _));
        }

        Assert.False(GroupQuery.TryParseIgmp([0x22, 0, 0, 0, 0, 0, 0, 0], out _));
        Assert.False(GroupQuery.TryParseMld([131, .. new byte[23]], out _));
    }

    [Fact]
    public void Reports_are_written_as_the_standards_draw_them()
    {
        var igmp = new byte[GroupReport.LengthOf(isV6: false, 2)];
        GroupReport.Write(igmp, isV6: false,
            [new(GroupRecordType.ToExclude, TestFrames.V4("224.0.0.18")), new(GroupRecordType.ToInclude, TestFrames.V4("224.0.0.5"))]);
        Assert.Equal("2200" + "16e5" + "00000002" + "04000000e0000012" + "03000000e0000005", Convert.ToHexStringLower(igmp));
        var mld = new byte[GroupReport.LengthOf(isV6: true, 1)];
        GroupReport.Write(mld, isV6: true, [new(GroupRecordType.IsExclude, TestFrames.V6("ff02::12"))]);
        Assert.Equal("8f00000000000001" + "02000000" + "ff020000000000000000000000000012", Convert.ToHexStringLower(mld));
        Assert.Equal("1600" + "09ed" + "e0000012", Old("224.0.0.18", isLeft: false));
        Assert.Equal("1700" + "08ed" + "e0000012", Old("224.0.0.18", isLeft: true));
        Assert.Equal("8300000000000000" + "ff020000000000000000000000000012", Old("ff02::12", isLeft: false));
        Assert.StartsWith("84", Old("ff02::12", isLeft: true), StringComparison.Ordinal);
    }

    private static string Old(string group, bool isLeft)
    {
        IpAddress address = IpAddress.TryParse(group, out IpAddress parsed) ? parsed : throw new FormatException(group);
        var message = new byte[GroupReport.OldLengthOf(address.IsV6)];
        GroupReport.WriteOld(message, address, isLeft);
        return Convert.ToHexStringLower(message);
    }
}
