// Templates for records, classes, anonymous objects and dictionaries of C#.
using NUnit.Framework;

namespace Llm.Tests.Prompts;

public sealed class PromptTemplateTests
{
    private static readonly Image _cover = Image.FromUrl("https://example.com/cover.png");

    private sealed record Author(string Name);

    private sealed record Wish(string Genre, Image Cover, Author? Author = null, IReadOnlyList<Image>? More = null);

    private const string Librarian = """
        SYSTEM:
            You are a librarian.
        USER: A {genre} book by {author.name} like {cover:image}?
        """;

    [Test]
    public void Sections_become_messages()
    {
        PromptTemplate<Wish> template = PromptTemplate.Parse<Wish>(Librarian);

        Assert.That(
            template.Messages(new Wish("fantasy", _cover, new Author("Le Guin"))),
            Is.EqualTo(new Message[]
            {
                Message.System("You are a librarian."),
                Message.User("A fantasy book by Le Guin like ", _cover, "?"),
            }));
    }

    [Test]
    public void Facade_values_in_lists_and_histories_are_known()
    {
        var template = PromptTemplate.Parse<History>("MESSAGES: {before}\nUSER: {images:images}{papers:parts}{one}");
        Message[] before = [Message.User("a"), Message.Assistant("b")];
        var papers = new[] { Document.FromText("paper") };

        Assert.That(
            template.Messages(new History(before, [_cover], papers, _cover)),
            Is.EqualTo(new[] { before[0], before[1], Message.User(_cover, papers[0], _cover) }));
    }

    private sealed record History(IReadOnlyList<Message> Before, IEnumerable<Image> Images, Document[] Papers, UserPart One);

    [Test]
    public void Anonymous_objects_and_dictionaries_are_inputs_too()
    {
        var open = PromptTemplate.Parse<object>("A {genre} book, {price:F2}");
        var entries = PromptTemplate.Parse<Dictionary<string, string>>("A {genre} book");

        Assert.That(open.Messages(new { Genre = "fantasy", Price = 1.5m }), Is.EqualTo(new[] { Message.User("A fantasy book, 1.50") }));
        Assert.That(entries.Messages(new() { ["genre"] = "fantasy" }), Is.EqualTo(new[] { Message.User("A fantasy book") }));
        Assert.Throws<InvalidRequestException>(() => open.Messages(new { Price = 1 }));
    }

    [Test]
    public void A_name_that_is_not_there_is_an_error_of_the_template()
    {
        var error = Assert.Throws<TemplateException>(() => PromptTemplate.Parse<Wish>("A {genra} book\nlike {cover:list} {"));
        Assert.That(error!.Errors, Is.EqualTo(new[] { new TemplateError(2, 19, "this { is not closed on its line; for a brace write {{") }));

        error = Assert.Throws<TemplateException>(() => PromptTemplate.Parse<Wish>("A {genra} book\nlike {cover:list}"));
        Assert.That(error!.Errors.Select(each => (each.Line, each.Column)), Is.EqualTo(new[] { (1, 3), (2, 6) }));
        Assert.That(error.Message, Does.StartWith("line 1, column 3: {genra}: there is no 'genra' in Wish; there is Genre, Cover"));
        Assert.That(PromptTemplate.TryParse<Wish>("{").IsSuccess, Is.False);
    }

    [Test]
    public void An_escaped_text_is_said_as_it_is()
    {
        const string Text = "USER: {\"a\": {}}\n  SYSTEM:";
        Assert.That(PromptTemplate.Parse<string>(PromptTemplate.Escape(Text)).Messages(""), Is.EqualTo(new[] { Message.User(Text) }));
    }

    [Test]
    public async Task With_a_model_it_is_a_call()
    {
        LlmTransport transport = LlmTransport.Scripted(Fake.Answer("Earthsea"), Fake.Answer("Tehanu"));
        Call<Wish> recommend = PromptTemplate.Parse<Wish>(Librarian + "{:cache_control(ttl=1h)}").With(Fake.Model(transport));

        Response answer = await recommend.InvokeAsync(new Wish("fantasy", _cover, new Author("Le Guin")));

        Assert.That(answer.Text, Is.EqualTo("Earthsea"));
        Assert.That(answer.Messages, Has.Count.EqualTo(3));
        Assert.That(answer.Params.PromptCaching, Is.EqualTo(PromptCaching.OneHour));
        Assert.ThrowsAsync<InvalidRequestException>(() => recommend.InvokeAsync(new Wish("fantasy", _cover)));
        Assert.That(Call.Create(Fake.Model(), PromptTemplate.Parse<Wish>("{genre}")).Messages(new Wish("a", _cover)), Has.Count.EqualTo(1));
    }
}
