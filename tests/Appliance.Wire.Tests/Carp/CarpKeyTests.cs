using System.Reflection;
using Appliance.Wire.Carp;
using Xunit;

namespace Appliance.Wire.Tests.Carp;

public sealed class CarpKeyTests
{
    [Theory]
    [InlineData("", false)]
    [InlineData("a", true)]
    [InlineData("nineteen characters", true)]
    [InlineData("twenty characters!!!", false)]
    [InlineData("zero\0within", false)]
    public void A_password_has_1_to_19_bytes_and_no_zero(string password, bool isFit)
    {
        Assert.Equal(isFit, CarpKey.TryCreate(System.Text.Encoding.ASCII.GetBytes(password), out CarpKey? key));
        Assert.Equal(isFit, key is not null);
    }

    [Fact]
    public void Nothing_that_a_log_could_print_says_what_the_key_is()
    {
        Assert.True(CarpKey.TryCreate("very-secret"u8, out CarpKey? key));
        Assert.Equal("(a CARP key)", key.ToString());
        Assert.Equal("(a CARP key)", $"{key}");
        Assert.Equal("{}", System.Text.Json.JsonSerializer.Serialize(key));
        Assert.Empty(typeof(CarpKey).GetProperties(BindingFlags.Public | BindingFlags.Instance));
        Assert.Empty(typeof(CarpKey).GetFields(BindingFlags.Public | BindingFlags.Instance));
        Assert.Equal("{}", System.Text.Json.JsonSerializer.Serialize(CarpHmac.Of(key, 1, [])));
    }

    [Fact]
    public void Keys_are_the_same_when_their_passwords_are()
    {
        Assert.True(CarpKey.TryCreate("one"u8, out CarpKey? one));
        Assert.True(CarpKey.TryCreate("one"u8, out CarpKey? again));
        Assert.True(CarpKey.TryCreate("two"u8, out CarpKey? two));
        Assert.True(one.IsSameAs(again));
        Assert.False(one.IsSameAs(two));
        Assert.False(one.IsSameAs(CarpKey.None));
    }
}
