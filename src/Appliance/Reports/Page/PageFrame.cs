using System.Text;

namespace Appliance.Reports.Page;

/// <summary>
/// A page that needs nothing but a browser: no other file, no network, no script. Pictures are inline SVG; light and dark follow the
/// reader's system, and it prints.
/// </summary>
internal static class PageFrame
{
    /// <param name="title">Of the window.</param>
    /// <param name="body">All sections; ends with a line end.</param>
    public static byte[] Render(string title, Markup body) => Encoding.UTF8.GetBytes(Markup.Of($"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <link rel="icon" href="data:,">
        <title>{title}</title>
        <style>{PageStyle.Sheet}</style>
        </head>
        <body><main>
        {body}</main></body>
        </html>

        """).ToString());
}
