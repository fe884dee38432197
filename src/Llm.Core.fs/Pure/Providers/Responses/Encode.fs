// To be written.
namespace Llm.Core

module internal ResponsesEncodeStub =
    let private unused = ()
