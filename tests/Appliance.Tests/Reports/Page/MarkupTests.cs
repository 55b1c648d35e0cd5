using Appliance.Reports.Page;
using Xunit;

namespace Appliance.Tests;

/// <summary>What becomes of text that enters the page: shown as it is, never obeyed.</summary>
public class MarkupTests
{
    [Theory]
    [InlineData("lan.20", "lan.20")]
    [InlineData("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;")]
    [InlineData("\" onload=\"x", "&quot; onload=&quot;x")]
    [InlineData("' onload='x", "&#39; onload=&#39;x")]
    [InlineData("&lt;", "&amp;lt;")]
    [InlineData("a\nb\tc\0", "a\\u000ab\\u0009c\\u0000")]
    [InlineData("\u001b[31m", "\\u001b[31m")]
    [InlineData("\u2028\u2029\u0085", "\\u2028\\u2029\\u0085")]
    [InlineData("gpj\u202etxt\u2066", "gpj\\u202etxt\\u2066")]          // turns the direction of what follows
    [InlineData("\ufeff\uffff", "\\ufeff\\uffff")]
    [InlineData("grün 東京 🖧", "grün 東京 🖧")]
    [InlineData("", "")]
    public void Text_in_a_hole_is_escaped(string text, string html) =>
        Assert.Equal($"<p>{html}</p>", Markup.Of($"<p>{text}</p>").ToString());

    [Fact]
    public void Half_a_character_is_replaced() => Assert.Equal("a\ufffdb", Markup.Of($"{"a" + (char)0xd800 + "b"}").ToString());

    [Fact]
    public void Every_character_of_the_first_plane_comes_out_harmless()
    {
        for (int character = 0; character <= char.MaxValue; character++)
        {
            string html = Markup.Of($"{((char)character).ToString()}").ToString();
            Assert.DoesNotContain(html, written => char.IsControl(written) || written is '<' or '>' or '"' or '\'');
            Assert.True(html[0] != '&' || html.EndsWith(';'), html);
        }
    }

    [Fact]
    public void Pieces_and_numbers_go_in_as_they_are()
    {
        Markup piece = Markup.Of($"<b>{"&"}</b>");
        Markup whole = Markup.Of($"<p>{piece}{1234567}{(Markup[])[piece, piece]}</p>");
        Assert.Equal("<p><b>&amp;</b>1234567<b>&amp;</b><b>&amp;</b></p>", whole.ToString());
        Assert.Equal("", Markup.Of($"{Markup.Nothing}{Array.Empty<Markup>()}").ToString());
    }
}
