// Images, audio and documents from bytes, files, streams and addresses.
using System.Text;
using NUnit.Framework;

namespace Llm.Tests.Content;

public sealed class MediaTests
{
    private static readonly byte[] _png = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3, 4, 5, 6];

    private static readonly Image _image = new Image.Inline("image/png", _png);

    [Test]
    public async Task An_image_is_told_from_its_bytes_wherever_they_are()
    {
        string path = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"{Guid.NewGuid()}.jpg");
        await File.WriteAllBytesAsync(path, _png);

        try
        {
            Assert.That(await Image.FromFileAsync(path), Is.EqualTo(_image));
        }
        finally
        {
            File.Delete(path);
        }

        Assert.That(await Image.FromStreamAsync(new MemoryStream(_png)), Is.EqualTo(_image));
        Assert.That(Image.FromBytes(_png), Is.EqualTo(_image));
        Assert.That(Image.FromBase64(Convert.ToBase64String(_png)), Is.EqualTo(_image));
    }

    [Test]
    public async Task A_download_goes_through_the_client_s_transport()
    {
        ScriptedTransport script = LlmTransport.Scripted(ScriptedAnswer.Json("a,b"), ScriptedAnswer.Refusal(404, "gone"));
        var options = new MediaOptions { Client = new LlmClient { Transport = script } };
        Document table = await Document.DownloadAsync("https://example.com/table.csv", options);
        Assert.That(table, Is.EqualTo(new Document.Text("text/csv", "a,b")));
        Assert.That(script.Requests[0].Method, Is.EqualTo("GET"));
        Assert.ThrowsAsync<NotFoundException>(() => Image.DownloadAsync("https://example.com/cat.png", options));
    }

    [Test]
    public void What_is_not_sent_is_said_with_the_way_out()
    {
        InvalidRequestException unknown = Assert.Throws<InvalidRequestException>(() => Audio.FromBytes(_png))!;
        Assert.That(unknown.Path, Is.EqualTo("audio"));
        Assert.That(unknown.Reason, Does.Contain("image/png").And.Contain("WAV"));

        InvalidRequestException large =
            Assert.ThrowsAsync<InvalidRequestException>(() => Image.FromStreamAsync(new MemoryStream(_png), new() { MaxBytes = 13 }))!;
        Assert.That(large.Reason, Does.Contain("the limit is 13"));
        Assert.ThrowsAsync<InvalidRequestException>(() => Image.FromFileAsync("no-such-file.png"));
    }

    [Test]
    public async Task What_cannot_be_loaded_is_a_value_too()
    {
        Assert.That((await Image.TryFromStreamAsync(new MemoryStream(_png))).Value, Is.EqualTo(Image.FromBytes(_png)));
        Assert.That((await Image.TryFromFileAsync("no-such-file.png")).Error, Is.InstanceOf<InvalidRequestException>());
        Assert.That((await Audio.TryFromStreamAsync(new MemoryStream(_png))).Error, Is.InstanceOf<InvalidRequestException>());
        Assert.That((await Document.TryFromFileAsync("no-such-file.pdf")).Error, Is.InstanceOf<InvalidRequestException>());

        var options = new MediaOptions { Client = Fake.Client(LlmTransport.Scripted(ScriptedAnswer.Refusal(404, "gone"))) };
        Assert.That((await Document.TryDownloadAsync("http://media.test/a.pdf", options)).Error, Is.InstanceOf<NotFoundException>());
    }

    [Test]
    public void Texts_are_documents_of_the_type_that_is_said()
    {
        Bytes data = Encoding.UTF8.GetBytes("# Title");
        Assert.That(Document.FromBytes(data, "text/markdown"), Is.EqualTo(new Document.Text("text/markdown", "# Title")));
        Assert.Throws<InvalidRequestException>(() => Document.FromBytes(data));
        Assert.Throws<InvalidRequestException>(() => Document.FromBytes(data, "application/pdf"));
    }
}
