using Appliance.Wire.Pflog;
using Xunit;

namespace Appliance.Wire.Tests.Pflog;

/// <summary>The header as FreeBSD 14 lays it out (net/if_pflog.h; if_pflog.c fills it).</summary>
public sealed class PflogFieldsTests
{
    [Fact]
    public void Every_field_is_where_FreeBSD_has_it()
    {
        var bytes = new byte[80];
        bytes.AsSpan().Fill(0xee);
        new PflogFields
        {
            IsV6 = true, Action = 1, Reason = 8, Interface = "igb0", Ruleset = "ftp", Rule = 0x01020304, SubRule = 5, Direction = 2,
            RuleIdentifier = 0x0a0b0c0d,
        }.WriteTo(bytes);
        Assert.Equal(
            "451c0108" + "69676230" + new string('0', 24) + "667470" + new string('0', 26) + "01020304" + "00000005"
                + "ffffffff" + "9f860100" + "00000000" + "00000000" + "02000000" + "0a0b0c0d" + "00000000" + "eeeeeeeeeeeeeeee",
            Convert.ToHexStringLower(bytes));
    }

    [Theory]
    [InlineData("a-very-long-port-name", "a-very-long-por")]
    [InlineData("äöüäöüäöü", "äöüäöüä")]
    public void Names_are_cut_between_characters_and_end_with_a_zero(string name, string kept)
    {
        var bytes = new byte[PflogFields.HeaderLength];
        new PflogFields { Interface = name, Ruleset = name, Rule = PflogFields.NoRule, SubRule = PflogFields.NoRule }.WriteTo(bytes);
        foreach (int at in (int[])[4, 20])
            Assert.Equal(kept, System.Text.Encoding.UTF8.GetString(bytes.AsSpan(at, 16)).TrimEnd('\0'));
        Assert.Equal((0, 0), (bytes[19], bytes[35]));
    }

    [Fact]
    public void Too_little_room_is_the_callers_mistake() =>
        Assert.ThrowsAny<ArgumentException>(() => default(PflogFields).WriteTo(new byte[PflogFields.HeaderLength - 1]));
}
